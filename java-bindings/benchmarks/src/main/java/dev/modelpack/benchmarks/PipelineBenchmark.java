package dev.modelpack.benchmarks;

import dev.modelpack.Prediction;
import dev.modelpack.Predictor;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * One row of 24 numbers, some missing, and 8 texts through a whole pipeline: imputer, scaler,
 * one-hot encoder and 100 trees of depth 6.
 */
public class PipelineBenchmark {
  /** The pipeline and its rows. */
  @State(Scope.Benchmark)
  public static class Model {
    Predictor predictor;
    List<Map<String, Object>> maps;

    @Setup(Level.Trial)
    public void open() {
      predictor = ModelFolder.predictor("pipeline");
      maps = Table.read("pipeline", Turn.ROWS).maps();
    }

    @TearDown(Level.Trial)
    public void close() {
      predictor.close();
    }
  }

  @Benchmark
  public Prediction map(Model model, Turn turn) {
    return model.predictor.predict(model.maps.get(turn.next()));
  }
}
