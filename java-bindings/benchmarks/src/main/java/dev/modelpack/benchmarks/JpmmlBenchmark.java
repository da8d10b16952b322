package dev.modelpack.benchmarks;

import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** The same model and the same maps as in {@link RowBenchmark}, by JPMML. */
public class JpmmlBenchmark {
  /** The evaluator. */
  @State(Scope.Benchmark)
  public static class Trees {
    Jpmml evaluator;

    @Setup(Level.Trial)
    public void load() {
      evaluator = Jpmml.load();
    }
  }

  @Benchmark
  public Map<String, ?> map(Trees trees, TreeModel model, Turn turn) {
    return trees.evaluator.predict(model.maps.get(turn.next()));
  }

  @Benchmark
  @Threads(2)
  public Map<String, ?> mapTwoThreads(Trees trees, TreeModel model, Turn turn) {
    return map(trees, model, turn);
  }
}
