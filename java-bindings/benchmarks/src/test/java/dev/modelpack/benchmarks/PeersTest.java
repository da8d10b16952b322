package dev.modelpack.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.modelpack.Prediction;
import hex.genmodel.easy.exception.PredictException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is timed beside each other answers alike. */
class PeersTest {
  private final TreeModel model = new TreeModel();

  @BeforeEach
  void open() {
    model.open();
  }

  @AfterEach
  void close() {
    model.close();
  }

  /** JPMML sums the trees in single precision too, but adds the base score last. */
  @Test
  void jpmmlDiffersByTheRoundingsOfASumAlone() {
    Jpmml jpmml = Jpmml.load();
    for (int row = 0; row < Turn.ROWS; row++) {
      double ours = model.predictor.predict(model.maps.get(row)).probabilities()[1];
      Number theirs = (Number) jpmml.predict(model.maps.get(row)).get("probability(1)");
      assertEquals(ours, theirs.doubleValue(), 1e-6, "row " + row);
    }
  }

  /** Another model, but of the same rows: it ranks them nearly as XGBoost's does. */
  @Test
  void h2oLearntTheSame() throws PredictException {
    assumeTrue(ModelFolder.hasMojos(), "`make bench-mojo` makes H2O's models");
    Mojo mojo = Mojo.load("trees");
    int same = 0;
    for (int row = 0; row < Turn.ROWS; row++) {
      Prediction ours = model.predictor.predict(model.maps.get(row));
      same += (ours.score() > 0.5) == (mojo.predict(row).classProbabilities[1] > 0.5) ? 1 : 0;
    }
    assertTrue(same > 0.9 * Turn.ROWS, same + " rows of the same class");
  }
}
