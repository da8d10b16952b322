package dev.modelpack.benchmarks;

import org.apache.arrow.vector.VectorSchemaRoot;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** {@link BatchBenchmark}'s batches in Arrow's vectors, answers too; times are per row. */
public class ArrowBenchmark {
  /** The trees over 30 numbers. */
  @State(Scope.Benchmark)
  public static class Numbers {
    ArrowBatch batch;

    @Setup(Level.Trial)
    public void open() {
      batch = new ArrowBatch("trees", BatchBenchmark.ROWS);
    }

    @TearDown(Level.Trial)
    public void close() {
      batch.close();
    }
  }

  /** The pipeline over 24 numbers and 8 texts. */
  @State(Scope.Benchmark)
  public static class Texts {
    ArrowBatch batch;

    @Setup(Level.Trial)
    public void open() {
      batch = new ArrowBatch("pipeline", BatchBenchmark.ROWS);
    }

    @TearDown(Level.Trial)
    public void close() {
      batch.close();
    }
  }

  @Benchmark
  @OperationsPerInvocation(BatchBenchmark.ROWS)
  public int vectors(Numbers numbers) {
    return rowsAnswered(numbers.batch);
  }

  @Benchmark
  @OperationsPerInvocation(BatchBenchmark.ROWS)
  public int vectorsWithTexts(Texts texts) {
    return rowsAnswered(texts.batch);
  }

  private static int rowsAnswered(ArrowBatch batch) {
    try (VectorSchemaRoot answers = batch.predict()) {
      return answers.getRowCount();
    }
  }
}
