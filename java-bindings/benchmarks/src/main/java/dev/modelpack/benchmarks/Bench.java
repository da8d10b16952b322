package dev.modelpack.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks and prints their table: {@code make bench-java}, which gives {@code [--quick]
 * [--json FILE] [REGEX…]} on. Each benchmark has a JVM of its own. Exit code 1 where a bar is
 * missed.
 */
public final class Bench {
  private Bench() {}

  public static void main(String[] arguments) throws RunnerException {
    ChainedOptionsBuilder options = full();
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> quick(options);
        case "--json" -> options.resultFormat(ResultFormatType.JSON).result(arguments[++i]);
        default -> options.include(arguments[i]);
      }
    }
    if (!ModelFolder.hasMojos()) {
      options.exclude(H2oBenchmark.class.getSimpleName());
      System.out.println("H2O is left out: `make bench-mojo` makes its models");
    }
    options.jvmArgsAppend(jvmArguments());
    Report report = Report.of(new Runner(options.build()).run());
    System.out.print(report);
    System.exit(report.hasMissedBar() ? 1 : 0);
  }

  private static ChainedOptionsBuilder full() {
    return new OptionsBuilder()
        .mode(Mode.AverageTime)
        .timeUnit(TimeUnit.NANOSECONDS)
        .forks(1)
        .warmupIterations(5)
        // JPMML, a tree of objects, is compiled after tens of thousands of calls.
        .warmupTime(TimeValue.seconds(2))
        .measurementIterations(5)
        .measurementTime(TimeValue.seconds(1))
        .addProfiler(GCProfiler.class)
        .shouldFailOnError(true);
  }

  /** What Arrow's memory needs, and what later JDKs ask of programs with native code. */
  private static String[] jvmArguments() {
    String opens = "--add-opens=java.base/java.nio=ALL-UNNAMED";
    return Runtime.version().feature() < 24
        ? new String[] {opens}
        : new String[] {
          opens, "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        };
  }

  private static void quick(ChainedOptionsBuilder options) {
    options
        .warmupIterations(2)
        .measurementIterations(3)
        .measurementTime(TimeValue.milliseconds(500));
  }
}
