import dev.modelpack.Bundle;
import dev.modelpack.OpenOptions;
import dev.modelpack.Prediction;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The README's lines in Java, whole: reads cancer.mpk and row.csv, prints both probabilities. */
public final class Quickstart {
  public static void main(String[] arguments) throws Exception {
    List<String> lines = Files.readAllLines(Path.of("row.csv"));
    String[] names = lines.get(0).split(",");
    String[] numbers = lines.get(1).split(",");
    Map<String, Object> row = new HashMap<>();
    for (int i = 0; i < names.length; i++) {
      row.put(names[i], Double.parseDouble(numbers[i]));
    }
    // [readme]
    TrustPolicy trust = TrustPolicy.load(Path.of("release.pub"));
    OpenOptions options = OpenOptions.builder().name("cancer").build();
    try (Bundle bundle = Bundle.open(Path.of("cancer.mpk"), trust, options);
        Predictor predictor = bundle.predictor()) {
      Prediction p = predictor.predict(row); // a Map<String, Object>
      System.out.println("(" + p.probability(0) + ", " + p.probability(1) + ")");
    }
    // [end]
  }
}
