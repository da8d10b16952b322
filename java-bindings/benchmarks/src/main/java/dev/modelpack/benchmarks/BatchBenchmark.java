package dev.modelpack.benchmarks;

import dev.modelpack.Column;
import dev.modelpack.Matrix;
import dev.modelpack.OutputBuffer;
import dev.modelpack.Predictor;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Batches in one thread; times are per row. */
public class BatchBenchmark {
  static final int ROWS = 10_000;

  /** The trees over 30 numbers and a batch. */
  @State(Scope.Benchmark)
  public static class Numbers {
    Predictor predictor;
    Matrix matrix;
    List<Column> columns;
    OutputBuffer probability;

    @Setup(Level.Trial)
    public void open() {
      predictor = ModelFolder.predictor("trees");
      Table table = Table.read("trees", ROWS);
      matrix = Matrix.copyOf(table.numbers(), table.names().size());
      columns = Buffers.columns(table);
      probability = probability(predictor);
    }

    @TearDown(Level.Trial)
    public void close() {
      predictor.close();
    }
  }

  /** The pipeline over 24 numbers and 8 texts, and a batch. */
  @State(Scope.Benchmark)
  public static class Texts {
    Predictor predictor;
    List<Column> columns;
    OutputBuffer probability;

    @Setup(Level.Trial)
    public void open() {
      predictor = ModelFolder.predictor("pipeline");
      columns = Buffers.columns(Table.read("pipeline", ROWS));
      probability = probability(predictor);
    }

    @TearDown(Level.Trial)
    public void close() {
      predictor.close();
    }
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public OutputBuffer matrix(Numbers batch) {
    batch.predictor.predict(batch.matrix, batch.probability);
    return batch.probability;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public OutputBuffer columns(Numbers batch) {
    batch.predictor.predict(ROWS, batch.columns, batch.probability);
    return batch.probability;
  }

  @Benchmark
  @OperationsPerInvocation(ROWS)
  public OutputBuffer columnsWithTexts(Texts batch) {
    batch.predictor.predict(ROWS, batch.columns, batch.probability);
    return batch.probability;
  }

  private static OutputBuffer probability(Predictor predictor) {
    return OutputBuffer.allocate(predictor.schema().output("probability").orElseThrow(), ROWS);
  }
}
