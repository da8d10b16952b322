import dev.modelpack.Bundle;
import dev.modelpack.Feature;
import dev.modelpack.OpenOptions;
import dev.modelpack.Prediction;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads a CSV whose first line names the columns, predicts it row by row from a map, and writes one line a row: every output
 * column in schema order, by the hex digits of its bits. Prints the mean time of one prediction in nanoseconds.
 *
 * <p>{@code java -cp modelpack.jar Predict.java BUNDLE TRUST.json NAME ROWS.csv ANSWERS.txt}
 */
public final class Predict {
  public static void main(String[] arguments) throws IOException {
    OpenOptions options = OpenOptions.builder().name(arguments[2]).build();
    TrustPolicy trust = TrustPolicy.load(Path.of(arguments[1]));
    try (Bundle bundle = Bundle.open(Path.of(arguments[0]), trust, options);
        Predictor predictor = bundle.predictor();
        BufferedReader rows = Files.newBufferedReader(Path.of(arguments[3]));
        PrintWriter answers = new PrintWriter(Files.newBufferedWriter(Path.of(arguments[4])))) {
      Map<String, Feature> features = new HashMap<>();
      bundle.schema().features().forEach(feature -> features.put(feature.name(), feature));
      String[] names = rows.readLine().split(",");
      Map<String, Object> row = new HashMap<>();
      long spent = 0;
      long count = 0;
      for (String line = rows.readLine(); line != null; line = rows.readLine()) {
        String[] fields = line.split(",", -1);
        for (int i = 0; i < names.length; i++) {
          row.put(names[i], value(features.get(names[i]), fields[i]));
        }
        long start = System.nanoTime();
        Prediction prediction = predictor.predict(row);
        spent += System.nanoTime() - start;
        count++;
        answers.println(bits(bundle, prediction));
      }
      System.out.println(count == 0 ? 0 : spent / count);
    }
  }

  /** The value of a CSV field; an empty one is missing. */
  private static Object value(Feature feature, String field) {
    if (field.isEmpty()) {
      return null;
    }
    return switch (feature.dtype()) {
      case STRING -> field;
      case INT64 -> Long.parseLong(field);
      default -> Double.parseDouble(field);
    };
  }

  private static String bits(Bundle bundle, Prediction prediction) {
    StringBuilder text = new StringBuilder();
    bundle
        .schema()
        .outputs()
        .forEach(
            output -> {
              for (double cell : prediction.output(output.name())) {
                switch (output.dtype()) {
                  case FLOAT32 -> text.append(String.format("%08x ", Float.floatToIntBits((float) cell)));
                  case INT64 -> text.append(String.format("%016x ", (long) cell));
                  default -> text.append(String.format("%016x ", Double.doubleToLongBits(cell)));
                }
              }
            });
    return text.toString();
  }
}
