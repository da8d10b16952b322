package dev.modelpack.benchmarks;

import hex.genmodel.easy.exception.PredictException;
import hex.genmodel.easy.prediction.BinomialModelPrediction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * H2O's own gradient boosting, 100 trees of depth 6 trained on the same rows, as MOJO. It encodes
 * categories itself, so the model over texts is a whole pipeline too.
 */
public class H2oBenchmark {
  /** Over 30 numbers. */
  @State(Scope.Benchmark)
  public static class Trees {
    Mojo mojo;

    @Setup(Level.Trial)
    public void load() {
      mojo = Mojo.load("trees");
    }
  }

  /** Over 24 numbers and 8 texts. */
  @State(Scope.Benchmark)
  public static class Pipeline {
    Mojo mojo;

    @Setup(Level.Trial)
    public void load() {
      mojo = Mojo.load("pipeline");
    }
  }

  @Benchmark
  public BinomialModelPrediction row(Trees trees, Turn turn) throws PredictException {
    return trees.mojo.predict(turn.next());
  }

  @Benchmark
  @Threads(2)
  public BinomialModelPrediction rowTwoThreads(Trees trees, Turn turn) throws PredictException {
    return row(trees, turn);
  }

  @Benchmark
  public BinomialModelPrediction pipelineRow(Pipeline pipeline, Turn turn) throws PredictException {
    return pipeline.mojo.predict(turn.next());
  }
}
