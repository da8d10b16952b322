package dev.modelpack;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The cells of a key, which stand in a call for those of the rows. A key with fewer values than the
 * model has levels is missing the others.
 */
final class KeyCells {
  private final int[] features;
  private final long[] cells;

  /** By feature: whether it is a level. */
  private final boolean[] filled;

  KeyCells(Schema schema, CellEncoder encoder, Object[] key) {
    long[] given = encode(schema, encoder, key);
    List<Feature> levels = schema.keys();
    this.features = new int[levels.size()];
    this.cells = new long[features.length];
    this.filled = new boolean[encoder.width()];
    for (int level = 0; level < features.length; level++) {
      int feature = levels.get(level).index();
      features[level] = feature;
      filled[feature] = true;
      cells[level] = level < given.length ? given[level] : encoder.missing(feature);
    }
  }

  /** The cells of the leading levels that a key gives. */
  static long[] encode(Schema schema, CellEncoder encoder, Object[] key) {
    List<Feature> levels = schema.keys();
    if (key.length > levels.size()) {
      throw ErrorDetails.of(
              ErrorCode.USAGE,
              "a key of %d values; the model has %d levels".formatted(key.length, levels.size()))
          .withHint("its levels are " + levels.stream().map(Feature::name).toList())
          .exception();
    }
    long[] cells = new long[key.length];
    for (int level = 0; level < key.length; level++) {
      cells[level] = encoder.cell(levels.get(level).index(), key[level]);
    }
    return cells;
  }

  boolean fills(int feature) {
    return filled[feature];
  }

  /** Writes the cells into those of a row, which begin where the buffer does. */
  void put(ByteBuffer row) {
    for (int level = 0; level < features.length; level++) {
      row.putLong(features[level] * Long.BYTES, cells[level]);
    }
  }

  /** The cells of all levels, outermost first. */
  long[] toArray() {
    return cells.clone();
  }

  int levels() {
    return features.length;
  }

  int feature(int level) {
    return features[level];
  }

  long cell(int level) {
    return cells[level];
  }
}
