import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.modelpack.BundleHolder;
import dev.modelpack.Feature;
import dev.modelpack.HeldBundle;
import dev.modelpack.HolderListener;
import dev.modelpack.HolderOptions;
import dev.modelpack.InputException;
import dev.modelpack.ModelpackException;
import dev.modelpack.Prediction;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A service that answers with the newest good bundle of a folder:
 *
 * <pre>java -cp modelpack.jar Service.java FOLDER-OR-FILE trust.json NAME PORT</pre>
 *
 * <p>{@code GET /predict?hour=17&carrier=AA} answers the value and the version that gave it;
 * {@code GET /bundle} says what answers, and why nothing newer does. Port 0 takes a free one.
 */
public final class Service {
  private final BundleHolder holder;

  private Service(BundleHolder holder) {
    this.holder = holder;
  }

  public static void main(String[] arguments) throws Exception {
    Path models = Path.of(arguments[0]);
    TrustPolicy trust = TrustPolicy.load(Path.of(arguments[1]));
    HolderOptions options =
        HolderOptions.named(arguments[2])
            .pollEvery(Duration.ofMillis(100))
            .listener(new Log())
            .build();
    Service service = new Service(BundleHolder.open(models, trust, options));
    service.start(Integer.parseInt(arguments[3]));
  }

  private void start(int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    ExecutorService threads = threads();
    server.setExecutor(threads);
    server.createContext("/predict", this::predict);
    server.createContext("/bundle", this::bundle);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, threads)));
    server.start();
    System.out.println("listening on " + server.getAddress().getPort());
  }

  /**
   * A virtual thread a request where the JDK has them. Programs for JDK 21 and later only write
   * {@code Executors.newVirtualThreadPerTaskExecutor()}; this one is for 17 too.
   *
   * <p>A prediction takes microseconds and waits for nobody: virtual threads help handlers that
   * also wait for others, such as a store of features.
   */
  private static ExecutorService threads() {
    try {
      Method virtual = Executors.class.getMethod("newVirtualThreadPerTaskExecutor");
      System.out.println("threads: virtual, one a request");
      return (ExecutorService) virtual.invoke(null);
    } catch (ReflectiveOperationException olderJdk) {
      int count = 2 * Runtime.getRuntime().availableProcessors();
      System.out.println("threads: a pool of " + count);
      return Executors.newFixedThreadPool(count);
    }
  }

  /** Requests that came before the signal are answered. */
  private void stop(HttpServer server, ExecutorService threads) {
    server.stop(1);
    threads.shutdown();
    holder.close();
  }

  private void predict(HttpExchange exchange) throws IOException {
    try {
      Map<String, String> query = query(exchange.getRequestURI().getRawQuery());
      // One predictor for the whole request: row, answer and version belong together.
      String answer =
          holder.call(
              predictor -> {
                Prediction found = predictor.predict(row(predictor, query));
                return found.value() + " from " + found.identity();
              });
      send(exchange, 200, answer);
    } catch (InputException | NumberFormatException | DateTimeParseException error) {
      send(exchange, 400, error.getMessage());
    } catch (ModelpackException error) {
      send(exchange, 500, error.code() + ": " + error.getMessage());
    }
  }

  private void bundle(HttpExchange exchange) throws IOException {
    HeldBundle bundle = holder.bundle();
    String refused = holder.lastError().map(error -> "\nrefused: " + error.getMessage()).orElse("");
    send(exchange, 200, bundle.name() + " " + bundle.version() + " " + bundle.identity() + refused);
  }

  /** The values in the types of the features; an empty one is missing. */
  private static Map<String, Object> row(Predictor predictor, Map<String, String> query) {
    Map<String, Object> row = new HashMap<>();
    for (Feature feature : predictor.schema().features()) {
      String text = query.get(feature.name());
      if (text != null) {
        row.put(feature.name(), text.isEmpty() ? null : value(feature, text));
      }
    }
    return row;
  }

  private static Object value(Feature feature, String text) {
    return switch (feature.dtype()) {
      case FLOAT64, FLOAT32 -> Double.valueOf(text);
      case INT64 -> Long.valueOf(text);
      case BOOL -> Boolean.valueOf(text);
      case STRING -> text;
      case TIMESTAMP -> Instant.parse(text);
      default -> throw new IllegalStateException(feature.dtype() + " is no feature's");
    };
  }

  private static Map<String, String> query(String raw) {
    Map<String, String> query = new HashMap<>();
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      String[] parts = pair.split("=", 2);
      query.put(decoded(parts[0]), parts.length == 2 ? decoded(parts[1]) : "");
    }
    return query;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** What operators want to see. */
  private static final class Log implements HolderListener {
    @Override
    public void swapped(HeldBundle before, HeldBundle now) {
      System.out.println("swapped " + before.version() + " for " + now.version());
    }

    @Override
    public void refused(Path path, ModelpackException reason) {
      System.out.println("refused " + path + ": " + reason.code() + ": " + reason.getMessage());
    }
  }
}
