package dev.modelpack.benchmarks;

import dev.modelpack.Prediction;
import dev.modelpack.Row;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Threads;

/** One row of 30 numbers. */
public class RowBenchmark {
  @Benchmark
  public Prediction map(TreeModel model, Turn turn) {
    return model.predictor.predict(model.maps.get(turn.next()));
  }

  @Benchmark
  @Threads(2)
  public Prediction mapTwoThreads(TreeModel model, Turn turn) {
    return map(model, turn);
  }

  @Benchmark
  public Prediction mapOfHolder(HeldTreeModel held, TreeModel model, Turn turn) {
    return held.holder.predict(model.maps.get(turn.next()));
  }

  @Benchmark
  public Prediction rowWithOneChange(TreeModel model, Answer answer, Turn turn) {
    return model.predictor.predict(answer.row.set("f3", model.rows[turn.next()][3]));
  }

  @Benchmark
  public Prediction rowFilled(TreeModel model, Answer answer, Turn turn) {
    double[] values = model.rows[turn.next()];
    Row row = answer.row.clear();
    for (int feature = 0; feature < values.length; feature++) {
      row.set(model.names[feature], values[feature]);
    }
    return model.predictor.predict(row);
  }

  @Benchmark
  public double[] doubles(TreeModel model, Answer answer, Turn turn) {
    model.predictor.predict(model.rows[turn.next()], answer.outputs);
    return answer.outputs;
  }

  @Benchmark
  @Threads(2)
  public double[] doublesTwoThreads(TreeModel model, Answer answer, Turn turn) {
    return doubles(model, answer, turn);
  }

  @Benchmark
  public double[] doublesOneOutput(TreeModel model, Answer answer, Turn turn) {
    model.predictor.predict(model.rows[turn.next()], model.probability, answer.probability);
    return answer.probability;
  }

  @Benchmark
  public double[] doublesOfHolder(HeldTreeModel held, TreeModel model, Answer answer, Turn turn) {
    double[] row = model.rows[turn.next()];
    return held.holder.call(
        predictor -> {
          predictor.predict(row, answer.outputs);
          return answer.outputs;
        });
  }
}
