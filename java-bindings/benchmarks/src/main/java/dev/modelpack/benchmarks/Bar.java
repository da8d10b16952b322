package dev.modelpack.benchmarks;

import java.util.List;

/**
 * A ratio of two benchmarks, how many times as long the first takes as the second.
 *
 * @param what such as "a peer : ours"
 * @param slower label of a benchmark
 * @param faster label of a benchmark
 * @param atLeast what the ratio must reach, or 0
 */
record Bar(String what, String slower, String faster, double atLeast) {
  static final List<Bar> ALL =
      List.of(
          new Bar("one row, Map : H2O MOJO, RowData", "H2oBenchmark.row", "RowBenchmark.map", 3),
          new Bar(
              "one row, double[] : H2O MOJO, RowData",
              "H2oBenchmark.row",
              "RowBenchmark.doubles",
              5),
          new Bar("one row, Map : JPMML", "JpmmlBenchmark.map", "RowBenchmark.map", 3),
          new Bar(
              "whole pipeline, Map : H2O MOJO",
              "H2oBenchmark.pipelineRow",
              "PipelineBenchmark.map",
              3),
          new Bar(
              "two threads, Map : H2O MOJO",
              "H2oBenchmark.rowTwoThreads",
              "RowBenchmark.mapTwoThreads",
              0),
          new Bar(
              "two threads, Map : JPMML",
              "JpmmlBenchmark.mapTwoThreads",
              "RowBenchmark.mapTwoThreads",
              0),
          new Bar("Map, two threads : one", "RowBenchmark.map", "RowBenchmark.mapTwoThreads", 0),
          new Bar(
              "double[], two threads : one",
              "RowBenchmark.doubles",
              "RowBenchmark.doublesTwoThreads",
              0),
          new Bar("batch : double[]", "RowBenchmark.doubles", "BatchBenchmark.matrix", 0),
          new Bar(
              "Map, one model : by 1,000 shops",
              "PartitionBenchmark.map",
              "PartitionBenchmark.mapWithoutKey",
              0));
}
