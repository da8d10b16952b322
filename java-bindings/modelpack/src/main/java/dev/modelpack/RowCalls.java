package dev.modelpack;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Calls with one row. Where a call has a key, its cells stand for those of the row; null: the row's
 * own do.
 */
final class RowCalls {
  private static final long ALL_OUTPUTS = 0;

  private final Handle handle;
  private final Schema schema;
  private final String identity;
  private final CellEncoder encoder;
  private final MapEncoder maps;
  private final RowOutputs outputs;
  private final ScratchPool pool;
  private final int cellBytes;

  /** Null without partitions: then nobody asks which node answers. */
  private final NodePaths paths;

  private final int answeredAt;

  RowCalls(
      Handle handle,
      Schema schema,
      String identity,
      CellEncoder encoder,
      MapEncoder maps,
      NodePaths paths) {
    this.handle = handle;
    this.schema = schema;
    this.identity = identity;
    this.encoder = encoder;
    this.maps = maps;
    this.outputs = new RowOutputs(schema);
    this.paths = schema.keys().isEmpty() ? null : paths;
    this.cellBytes = encoder.width() * Long.BYTES;
    this.answeredAt = cellBytes + outputs.sizeBytes();
    this.pool = new ScratchPool(cellBytes, outputs.sizeBytes(), this.paths != null);
  }

  Prediction predict(Map<String, ?> row, KeyCells key) {
    int call = handle.enter();
    try {
      Scratch scratch = pool.take();
      try {
        byte[] absent = maps.encode(row, key, scratch.bytes);
        return predict(scratch, key, absent, schema.token());
      } finally {
        pool.give(scratch);
      }
    } finally {
      handle.exit(call);
    }
  }

  Prediction predict(Row row, KeyCells key) {
    // A row of another schema is refused by its token, before anything of it is read.
    byte[] absent = row.token() == schema.token() ? row.absent(key) : null;
    long[] cells = row.cells();
    int call = handle.enter();
    try {
      Scratch scratch = pool.take();
      try {
        // Of another schema, the row may be longer than the memory: the token below then refuses
        // it.
        scratch.cellView.put(0, cells, 0, Math.min(cells.length, encoder.width()));
        return predict(scratch, key, absent, row.token());
      } finally {
        pool.give(scratch);
      }
    } finally {
      handle.exit(call);
    }
  }

  void predict(double[] in, double[] out, KeyCells key) {
    requireLength("in", in.length, encoder.width());
    requireLength("out", out.length, outputs.width());
    int call = handle.enter();
    try {
      Scratch scratch = pool.take();
      try {
        encode(in, key, scratch.bytes);
        Native.predictRow(handle.pointer(), scratch.cells, scratch.outputs, ALL_OUTPUTS, 0, 0);
        outputs.read(scratch.bytes, cellBytes, out);
      } finally {
        pool.give(scratch);
      }
    } finally {
      handle.exit(call);
    }
  }

  void predict(double[] in, Output output, double[] out, KeyCells key) {
    requireOwn(output);
    requireLength("in", in.length, encoder.width());
    requireLength("out", out.length, output.columns());
    int call = handle.enter();
    try {
      Scratch scratch = pool.take();
      try {
        encode(in, key, scratch.bytes);
        long mask = 1L << output.index();
        Native.predictRow(handle.pointer(), scratch.cells, scratch.outputs, mask, 0, 0);
        outputs.read(output, scratch.bytes, cellBytes, out, 0);
      } finally {
        pool.give(scratch);
      }
    } finally {
      handle.exit(call);
    }
  }

  private Prediction predict(Scratch scratch, KeyCells key, byte[] absent, long token) {
    if (key != null) {
      key.put(scratch.bytes);
    }
    long predictor = handle.pointer();
    if (absent == null) {
      Native.predictRow(
          predictor, scratch.cells, scratch.outputs, ALL_OUTPUTS, token, scratch.answered);
    } else {
      Native.predictRowWithAbsent(
          predictor, scratch.cells, scratch.outputs, ALL_OUTPUTS, token, scratch.answered, absent);
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
    String node = null;
    Reason reason = null;
    if (paths != null) {
      node = paths.of(predictor, scratch.bytes.getLong(answeredAt));
      reason = Reason.of(scratch.bytes.get(answeredAt + Long.BYTES));
    }
    return new Prediction(
        schema, values, identity, immutable(missing), immutable(unseen), node, reason);
  }

  private List<String> add(List<String> names, int feature) {
    List<String> list = names == null ? new ArrayList<>() : names;
    list.add(schema.features().get(feature).name());
    return list;
  }

  private static List<String> immutable(List<String> names) {
    return names == null ? List.of() : List.copyOf(names);
  }

  private void encode(double[] in, KeyCells key, ByteBuffer bytes) {
    for (int feature = 0; feature < in.length; feature++) {
      if (key == null || !key.fills(feature)) {
        bytes.putLong(feature * Long.BYTES, encoder.fromRow(feature, in[feature]));
      }
    }
    if (key != null) {
      key.put(bytes);
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
