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
          new Bar("one row, Map : H2O MOJO, RowData", "H2o.row", "Row.map", 3),
          new Bar("one row, double[] : H2O MOJO, RowData", "H2o.row", "Row.doubles", 5),
          new Bar("one row, Map : JPMML", "Jpmml.map", "Row.map", 3),
          new Bar("whole pipeline, Map : H2O MOJO", "H2o.pipelineRow", "Pipeline.map", 3),
          new Bar("two threads, Map : H2O MOJO", "H2o.rowTwoThreads", "Row.mapTwoThreads", 0),
          new Bar("two threads, Map : JPMML", "Jpmml.mapTwoThreads", "Row.mapTwoThreads", 0),
          new Bar("Map, two threads : one", "Row.map", "Row.mapTwoThreads", 0),
          new Bar("double[], two threads : one", "Row.doubles", "Row.doublesTwoThreads", 0),
          new Bar("batch : double[]", "Row.doubles", "Batch.matrix", 0),
          new Bar(
              "Map, one model : by 1,000 shops", "Partition.map", "Partition.mapWithoutKey", 0));
}
