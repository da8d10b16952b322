package dev.modelpack;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Predicts with one bundle's model. Immutable and safe to share between threads, also with one that
 * closes it: calls in flight finish, later ones throw {@link ClosedException}. Outlives its bundle.
 *
 * <p>Rows may be given by name ({@link #predict(Map)}, {@link #predict(Row)}) or by position
 * ({@link #predict(double[], double[])}, which allocates nothing); batches as matrices or columns
 * in direct buffers.
 */
public final class Predictor implements AutoCloseable {
  private static final long ALL_OUTPUTS = 0;

  private final Handle handle;
  private final Schema schema;
  private final String identity;
  private final CoreCells core;
  private final CellEncoder encoder;
  private final MapEncoder maps;
  private final RowOutputs outputs;
  private final ScratchPool pool;
  private final int cellBytes;

  Predictor(long pointer, Schema schema, String identity, boolean strict, Cleaner cleaner) {
    this.handle = new Handle("predictor", pointer, Native::predictorFree);
    cleaner.register(this, handle::close);
    this.schema = schema;
    this.identity = identity;
    this.core = new CoreCells(handle, schema);
    this.encoder = new CellEncoder(schema, Native.nullCells(pointer), core);
    this.maps = new MapEncoder(schema, encoder, core, strict);
    this.outputs = new RowOutputs(schema);
    this.cellBytes = encoder.width() * Long.BYTES;
    this.pool = new ScratchPool(cellBytes, outputs.sizeBytes());
  }

  /**
   * Predicts a row given by name. Every feature must be a key, unless it is optional; null is
   * missing; further keys are ignored unless {@link PredictorOptions#strict()}.
   *
   * @param row feature names and values (docs/TYPES.md says which types a feature takes)
   * @return the answer
   * @throws InputException if a feature is not present or a value is refused
   * @throws ClosedException if this was closed
   */
  public Prediction predict(Map<String, ?> row) {
    int call = handle.enter();
    try {
      Scratch scratch = pool.take();
      try {
        byte[] absent = maps.encode(row, scratch.bytes);
        return predict(scratch, absent, schema.token());
      } finally {
        pool.give(scratch);
      }
    } finally {
      handle.exit(call);
    }
  }

  /**
   * A row to be filled in by name, for this predictor and all whose schema has the same token.
   *
   * @return a new row without values
   */
  public Row row() {
    return new Row(encoder, core, schema);
  }

  /**
   * Predicts a row.
   *
   * @param row with a value for each feature that is not optional
   * @return the answer
   * @throws InputException if a feature is not present or its value is refused, or the row is of
   *     another schema
   * @throws ClosedException if this was closed
   */
  public Prediction predict(Row row) {
    // A row of another schema is refused by its token, before anything of it is read.
    byte[] absent = row.token() == schema.token() ? row.absent() : null;
    long[] cells = row.cells();
    int call = handle.enter();
    try {
      Scratch scratch = pool.take();
      try {
        // Of another schema, the row may be longer than the memory: the token below then refuses
        // it.
        scratch.cellView.put(0, cells, 0, Math.min(cells.length, encoder.width()));
        return predict(scratch, absent, row.token());
      } finally {
        pool.give(scratch);
      }
    } finally {
      handle.exit(call);
    }
  }

  /**
   * Predicts a row given by position, without allocating.
   *
   * @param in one number per feature in schema order: numbers as they are, NaN for missing; bools 0
   *     or 1; categories by {@link Categories#code}. A timestamp can only be missing: its feature
   *     needs a {@link Row} or map
   * @param out receives all outputs in schema order, one after the other, {@link
   *     Schema#outputWidth()} numbers; {@link Output#offset()} says where each begins, a label is
   *     its class index
   * @throws InputException if a value is refused or an array has another length
   * @throws ClosedException if this was closed
   */
  public void predict(double[] in, double[] out) {
    requireLength("in", in.length, encoder.width());
    requireLength("out", out.length, outputs.width());
    int call = handle.enter();
    try {
      Scratch scratch = pool.take();
      try {
        encode(in, scratch.bytes);
        Native.predictRow(handle.pointer(), scratch.cells, scratch.outputs, ALL_OUTPUTS, 0);
        outputs.read(scratch.bytes, cellBytes, out);
      } finally {
        pool.give(scratch);
      }
    } finally {
      handle.exit(call);
    }
  }

  /**
   * Predicts one output of a row given by position, without allocating. What only other outputs
   * need is not computed.
   *
   * @param in as for {@link #predict(double[], double[])}
   * @param output an output of this predictor's schema
   * @param out receives the output's columns; a label is its class index
   * @throws InputException if a value is refused or an array has another length
   * @throws ClosedException if this was closed
   */
  public void predict(double[] in, Output output, double[] out) {
    requireOwn(output);
    requireLength("in", in.length, encoder.width());
    requireLength("out", out.length, output.columns());
    int call = handle.enter();
    try {
      Scratch scratch = pool.take();
      try {
        encode(in, scratch.bytes);
        long mask = 1L << output.index();
        Native.predictRow(handle.pointer(), scratch.cells, scratch.outputs, mask, 0);
        outputs.read(output, scratch.bytes, cellBytes, out, 0);
      } finally {
        pool.give(scratch);
      }
    } finally {
      handle.exit(call);
    }
  }

  /**
   * Predicts a batch that lies in a matrix. Nothing is copied on the way in.
   *
   * @param matrix one column per feature in schema order
   * @param targets where the outputs asked for go
   * @throws InputException of the lowest row that is refused
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if this was closed
   */
  public void predict(Matrix matrix, OutputBuffer... targets) {
    run(BatchCall.of(matrix, targets), matrix, targets);
  }

  /**
   * Predicts a batch that lies in a matrix, with an answer or an error per row.
   *
   * @param matrix one column per feature in schema order
   * @param status direct buffer that receives an int per row: 0, or the {@link ErrorCode#number()}
   *     of its error
   * @param targets where the outputs asked for go; those of rows in error are not defined
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if this was closed
   */
  public void predict(Matrix matrix, ByteBuffer status, OutputBuffer... targets) {
    run(BatchCall.of(matrix, targets).withStatus(status), matrix, status, targets);
  }

  /**
   * Predicts a batch given by columns. Nothing is copied on the way in.
   *
   * @param rows number of rows
   * @param columns one per feature in schema order
   * @param targets where the outputs asked for go
   * @throws InputException of the lowest row that is refused
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if this was closed
   */
  public void predict(int rows, List<Column> columns, OutputBuffer... targets) {
    run(BatchCall.of(rows, columns, targets), columns, targets);
  }

  /**
   * Predicts a batch given by columns, with an answer or an error per row.
   *
   * @param rows number of rows
   * @param columns one per feature in schema order
   * @param status direct buffer that receives an int per row: 0, or the {@link ErrorCode#number()}
   *     of its error
   * @param targets where the outputs asked for go; those of rows in error are not defined
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if this was closed
   */
  public void predict(int rows, List<Column> columns, ByteBuffer status, OutputBuffer... targets) {
    run(BatchCall.of(rows, columns, targets).withStatus(status), columns, status, targets);
  }

  /**
   * What this predictor takes and answers.
   *
   * @return the bundle's schema
   */
  public Schema schema() {
    return schema;
  }

  /**
   * The bundle that answers.
   *
   * @return {@link Bundle#identity()}
   */
  public String identity() {
    return identity;
  }

  /**
   * What was seen so far, for monitoring.
   *
   * @return counts by feature name, in schema order
   */
  public Map<String, FeatureStats> stats() {
    int call = handle.enter();
    try {
      long[] counts = Native.predictorStats(handle.pointer());
      Map<String, FeatureStats> stats = new LinkedHashMap<>();
      int next = 0;
      for (Feature feature : schema.features()) {
        stats.put(
            feature.name(),
            new FeatureStats(
                counts[next++], counts[next++], counts[next++], counts[next++], counts[next++]));
      }
      return stats;
    } finally {
      handle.exit(call);
    }
  }

  /**
   * The engine that runs the model.
   *
   * @return such as {@code native}
   */
  public String engine() {
    int call = handle.enter();
    try {
      return new String(Native.predictorEngine(handle.pointer()), StandardCharsets.UTF_8);
    } finally {
      handle.exit(call);
    }
  }

  /**
   * The plan: its steps, and why each rewrite gives the same bits.
   *
   * @return text of many lines
   */
  public String plan() {
    int call = handle.enter();
    try {
      return new String(Native.predictorPlan(handle.pointer()), StandardCharsets.UTF_8);
    } finally {
      handle.exit(call);
    }
  }

  /**
   * Closes at once: calls in flight finish, and the last one frees the memory. A second call does
   * nothing.
   */
  @Override
  public void close() {
    handle.close();
  }

  /**
   * Closes, then waits for the calls in flight.
   *
   * @param timeout how long to wait
   * @return whether all calls finished and the memory is free; if not, the last call will free it
   * @throws InterruptedException if the waiting thread is interrupted; this is closed all the same
   */
  public boolean closeAndWait(Duration timeout) throws InterruptedException {
    return handle.closeAndWait(timeout);
  }

  private Prediction predict(Scratch scratch, byte[] absent, long token) {
    long predictor = handle.pointer();
    if (absent == null) {
      Native.predictRow(predictor, scratch.cells, scratch.outputs, ALL_OUTPUTS, token);
    } else {
      Native.predictRowWithAbsent(
          predictor, scratch.cells, scratch.outputs, ALL_OUTPUTS, token, absent);
    }
    double[] values = new double[outputs.width()];
    outputs.read(scratch.bytes, cellBytes, values);
    List<String> missing = null;
    List<String> unseen = null;
    for (int feature = 0; feature < encoder.width(); feature++) {
      long cell = scratch.bytes.getLong(feature * Long.BYTES);
      Dtype dtype = encoder.dtype(feature);
      if (Cells.isMissing(dtype, cell)) {
        missing = add(missing, feature);
      } else if (dtype == Dtype.STRING && cell == Categories.UNSEEN) {
        unseen = add(unseen, feature);
      }
    }
    return new Prediction(schema, values, identity, immutable(missing), immutable(unseen));
  }

  private List<String> add(List<String> names, int feature) {
    List<String> list = names == null ? new ArrayList<>() : names;
    list.add(schema.features().get(feature).name());
    return list;
  }

  private static List<String> immutable(List<String> names) {
    return names == null ? List.of() : List.copyOf(names);
  }

  private void encode(double[] in, ByteBuffer bytes) {
    for (int feature = 0; feature < in.length; feature++) {
      bytes.putLong(feature * Long.BYTES, encoder.fromRow(feature, in[feature]));
    }
  }

  /** {@code owners} hold the memory that the call points into. */
  private void run(BatchCall batch, Object... owners) {
    int call = handle.enter();
    try {
      batch.run(handle.pointer(), schema);
    } finally {
      handle.exit(call);
      Reference.reachabilityFence(owners);
    }
  }

  private void requireOwn(Output output) {
    Objects.requireNonNull(output, "output");
    int index = output.index();
    if (index >= schema.outputs().size() || !schema.outputs().get(index).equals(output)) {
      throw ErrorDetails.of(
              ErrorCode.USAGE, Quote.of(output.name()) + " is an output of another schema")
          .withHint("take it from predictor.schema()")
          .exception();
    }
  }

  private static void requireLength(String what, int length, int wanted) {
    if (length != wanted) {
      throw ErrorDetails.of(
              ErrorCode.WRONG_SHAPE,
              "'%s' has %d numbers, the schema says %d".formatted(what, length, wanted))
          .exception();
    }
  }
}
