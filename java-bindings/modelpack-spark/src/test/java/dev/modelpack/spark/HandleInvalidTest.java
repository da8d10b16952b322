package dev.modelpack.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.CityModels;
import dev.modelpack.testing.TestModels;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandleInvalidTest {
  @TempDir Path folder;

  @Test
  void errorFailsTheTaskWithFeatureValueAndRow() {
    Dataset<Row> rows = Frames.policies().filter("id = 'good' OR id = 'unseen'").coalesce(1);
    String told = Failures.causes(() -> policies("error").transform(rows).collectAsList());
    assertTrue(told.contains("'known'"), told);
    assertTrue(told.contains("Berlin"), told);
    assertTrue(told.contains("(row 1 of partition 0)"), told);
  }

  @Test
  void keepHasNullAnswers() {
    List<Row> scored = policies("keep").transform(Frames.policies()).collectAsList();
    assertEquals(4, scored.size());
    for (Row row : scored) {
      assertEquals(!row.getString(0).equals("good"), row.isNullAt(5), row.toString());
    }
  }

  @Test
  void skipDropsRows() {
    List<Row> scored = policies("skip").transform(Frames.policies()).collectAsList();
    assertEquals(List.of("good"), scored.stream().map(row -> row.getString(0)).toList());
  }

  @Test
  void anotherChoiceIsRefused() {
    ModelpackTransformer transformer = new ModelpackTransformer();
    assertThrows(IllegalArgumentException.class, () -> transformer.setHandleInvalid("ignore"));
  }

  @Test
  void aDamagedNodeIsNotTheRowsFault() {
    Dataset<Row> rows =
        LocalSpark.frame(
            "hour DOUBLE, country STRING, city STRING",
            LocalSpark.row(2.0, "PL", "Warsaw"),
            LocalSpark.row(2.0, "DE", "Berlin"));
    for (String choice : List.of("keep", "skip", "error")) {
      ModelpackTransformer transformer =
          LocalSpark.transformer(folder, CityModels.damaged(100)).setHandleInvalid(choice);
      String told = Failures.causes(() -> transformer.transform(rows).collectAsList());
      assertTrue(told.contains("FormatException") && told.contains("PL/Warsaw"), told);
      Dataset<Row> sound = transformer.transform(rows.filter("country = 'DE'"));
      assertEquals(400.0, sound.collectAsList().get(0).getDouble(3));
    }
  }

  private ModelpackTransformer policies(String choice) {
    return LocalSpark.transformer(folder, TestModels.policies()).setHandleInvalid(choice);
  }
}
