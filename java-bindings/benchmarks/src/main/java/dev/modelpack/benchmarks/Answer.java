package dev.modelpack.benchmarks;

import dev.modelpack.Row;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What a thread keeps for its calls to {@link TreeModel}. */
@State(Scope.Thread)
public class Answer {
  double[] outputs;
  double[] probability;
  Row row;

  @Setup(Level.Trial)
  public void make(TreeModel model) {
    outputs = new double[model.predictor.schema().outputWidth()];
    probability = new double[model.probability.columns()];
    row = model.predictor.row();
    model.maps.get(0).forEach(row::set);
  }
}
