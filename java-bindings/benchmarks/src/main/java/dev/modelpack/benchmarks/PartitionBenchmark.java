package dev.modelpack.benchmarks;

import dev.modelpack.Prediction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One row whose shop's model answers; beside it the same model without a key. */
public class PartitionBenchmark {
  /** Memory of one thread. */
  @State(Scope.Thread)
  public static class Outputs {
    double[] values;

    @Setup(Level.Trial)
    public void make(ShopModels models) {
      values = new double[models.byShop.schema().outputWidth()];
    }
  }

  @Benchmark
  public Prediction mapWithoutKey(ShopModels models, Turn turn) {
    return models.one.predict(models.hours.get(turn.next()));
  }

  @Benchmark
  public Prediction map(ShopModels models, Turn turn) {
    return models.byShop.predict(models.hoursAndShops.get(turn.next()));
  }

  /** As a service does it: the key is of the request. */
  @Benchmark
  public Prediction withKey(ShopModels models, Turn turn) {
    int row = turn.next();
    return models.byShop.withKey(models.shops[row]).predict(models.hours.get(row));
  }

  @Benchmark
  public double[] doubles(ShopModels models, Outputs outputs, Turn turn) {
    models.byShop.predict(models.rows[turn.next()], outputs.values);
    return outputs.values;
  }
}
