package dev.modelpack.benchmarks;

import dev.modelpack.BundleHolder;
import dev.modelpack.HolderOptions;
import dev.modelpack.TrustPolicy;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** {@link TreeModel}'s bundle as a service holds it: followed, and lent to each call. */
@State(Scope.Benchmark)
public class HeldTreeModel {
  BundleHolder holder;

  @Setup(Level.Trial)
  public void open() {
    HolderOptions options = HolderOptions.named("xgboost").build();
    holder = BundleHolder.open(ModelFolder.file("trees.mpk"), TrustPolicy.UNSIGNED, options);
  }

  @TearDown(Level.Trial)
  public void close() {
    holder.close();
  }
}
