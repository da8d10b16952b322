package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.OwnJvm;
import dev.modelpack.testing.TestKey;
import dev.modelpack.testing.TestModels;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** examples/service answers over HTTP while its model is replaced. */
class ServiceExampleTest {
  private static final TestKey ANNA = TestKey.p256(1);

  private final HttpClient client = HttpClient.newHttpClient();

  @TempDir Path folder;

  private void put(Path file, int minor) throws IOException {
    byte[] content = TestModels.hours("eta", "1." + minor + ".0", minor, "float64", ANNA);
    Path beside = Files.write(folder.resolve("writing"), content);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private Process start(Path models, Path trust) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", OwnJvm.location(Bundle.class).toString()));
    Path example = Path.of(System.getProperty("modelpack.root"), "examples/service/Service.java");
    command.addAll(List.of(example.toString(), models.toString(), trust.toString(), "eta", "0"));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** The next line that begins like this; others are kept to explain a failure. */
  private static String awaitLine(BufferedReader lines, String begin) throws IOException {
    StringBuilder others = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith(begin)) {
        return line.substring(begin.length());
      }
      others.append(line).append('\n');
    }
    throw new AssertionError("the service ended: " + others);
  }

  private HttpResponse<String> get(String address) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void theServiceFollowsItsFolder() throws Exception {
    Path models = Files.createDirectory(folder.resolve("models"));
    Path trust = Files.writeString(folder.resolve("anna.pem"), ANNA.pem());
    put(models.resolve("a.mpk"), 4);
    Process service = start(models, trust);
    try (BufferedReader lines = service.inputReader()) {
      String threads = awaitLine(lines, "threads: ");
      boolean virtual = Runtime.version().feature() >= 21;
      assertEquals(
          virtual ? "virtual, one a request" : "a pool of", threads.replaceAll(" \\d+", ""));
      String address = "http://127.0.0.1:" + awaitLine(lines, "listening on ");
      HttpResponse<String> first = get(address + "/predict?hour=2");
      assertEquals(200, first.statusCode(), first.body());
      assertTrue(first.body().startsWith("8.0 from sha256:"), first.body());
      assertEquals(400, get(address + "/predict?minute=2").statusCode());
      assertEquals(400, get(address + "/predict?hour=noon").statusCode());
      put(models.resolve("b.mpk"), 5);
      assertEquals("1.4.0 for 1.5.0", awaitLine(lines, "swapped "));
      assertTrue(get(address + "/predict?hour=2").body().startsWith("10.0 from"));
      Files.writeString(models.resolve("c.mpk"), "no bundle");
      awaitLine(lines, "refused ");
      assertTrue(get(address + "/bundle").body().contains("refused: "));
      assertTrue(get(address + "/predict?hour=2").body().startsWith("10.0 from"));
      service.destroy();
      assertTrue(service.waitFor(30, TimeUnit.SECONDS));
    } finally {
      service.destroyForcibly();
    }
  }
}
