package dev.modelpack.benchmarks;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * What was measured: nanoseconds and allocated bytes per row, the median of the iterations, since
 * other programs share the machine.
 */
final class Report {
  private static final double MEDIAN = 50;

  private final Map<String, Figures> figures = new LinkedHashMap<>();

  /** Of one benchmark, per row. */
  private record Figures(double nanos, double bytes) {}

  static Report of(Collection<RunResult> results) {
    Report report = new Report();
    results.forEach(result -> report.figures.put(label(result), figures(result)));
    return report;
  }

  boolean hasMissedBar() {
    return Bar.ALL.stream().anyMatch(bar -> isMeasured(bar) && ratio(bar) < bar.atLeast());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("\nJDK %s; 100 trees of depth 6%n%n".formatted(Runtime.version()));
    text.append("%-46s%12s%14s%n".formatted("median", "ns per row", "bytes per row"));
    figures.forEach(
        (label, figure) ->
            text.append("%-46s%12.1f%14.1f%n".formatted(label, figure.nanos, figure.bytes)));
    text.append("%n%-46s%12s%14s%n".formatted("ratio", "is", "bar"));
    Bar.ALL.stream().filter(this::isMeasured).forEach(bar -> text.append(line(bar)));
    return text.toString();
  }

  private String line(Bar bar) {
    String wanted = bar.atLeast() == 0 ? "" : "≥ %.0f".formatted(bar.atLeast());
    String missed = ratio(bar) < bar.atLeast() ? "  missed" : "";
    return "%-46s%12.2f%14s%s%n".formatted(bar.what(), ratio(bar), wanted, missed);
  }

  private boolean isMeasured(Bar bar) {
    return figures.containsKey(bar.slower()) && figures.containsKey(bar.faster());
  }

  private double ratio(Bar bar) {
    return figures.get(bar.slower()).nanos / figures.get(bar.faster()).nanos;
  }

  /** Such as {@code RowBenchmark.map}. */
  private static String label(RunResult result) {
    String name = result.getParams().getBenchmark();
    return name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
  }

  private static Figures figures(RunResult result) {
    // Threads run side by side, so a row takes the part of one.
    double nanos = median(result.getPrimaryResult()) / result.getParams().getThreads();
    Result<?> allocated = result.getSecondaryResults().get("gc.alloc.rate.norm");
    return new Figures(nanos, allocated == null ? Double.NaN : median(allocated));
  }

  private static double median(Result<?> result) {
    return result.getStatistics().getPercentile(MEDIAN);
  }
}
