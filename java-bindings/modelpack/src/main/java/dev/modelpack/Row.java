package dev.modelpack;

import java.util.Arrays;
import java.util.List;

/**
 * One row, value by value: made by {@link Predictor#row()}, good for every predictor whose schema
 * has the same {@link Schema#token()}. Keeps its values after a prediction, so a row may be changed
 * and asked again. Not for two threads at once.
 *
 * <p>Every setter throws {@link InputException} at once for a name that is no feature and for a
 * value that the feature does not take.
 */
public final class Row {
  private final CellEncoder encoder;
  private final CoreCells core;
  private final Schema schema;
  private final long[] cells;
  private final boolean[] present;
  private int presentCount;

  Row(CellEncoder encoder, CoreCells core, Schema schema) {
    this.encoder = encoder;
    this.core = core;
    this.schema = schema;
    this.cells = new long[encoder.width()];
    this.present = new boolean[encoder.width()];
  }

  /**
   * Sets a number.
   *
   * @param name of the feature
   * @param value NaN is missing
   * @return this
   */
  public Row set(String name, double value) {
    int feature = core.index(name);
    return put(feature, encoder.cell(feature, value));
  }

  /**
   * Sets a number that is a 32-bit float.
   *
   * @param name of the feature
   * @param value NaN is missing
   * @return this
   */
  public Row set(String name, float value) {
    int feature = core.index(name);
    return put(feature, encoder.cell(feature, value));
  }

  /**
   * Sets an integer.
   *
   * @param name of the feature
   * @param value the value
   * @return this
   */
  public Row set(String name, long value) {
    int feature = core.index(name);
    return put(feature, encoder.cell(feature, value));
  }

  /**
   * Sets a truth value.
   *
   * @param name of the feature
   * @param value the value
   * @return this
   */
  public Row set(String name, boolean value) {
    int feature = core.index(name);
    return put(feature, encoder.cell(feature, value));
  }

  /**
   * Sets a category of one character.
   *
   * @param name of the feature
   * @param value the value
   * @return this
   */
  public Row set(String name, char value) {
    return set(name, String.valueOf(value));
  }

  /**
   * Sets a category.
   *
   * @param name of the feature
   * @param value compared exactly with those of training; null is missing
   * @return this
   */
  public Row set(String name, String value) {
    int feature = core.index(name);
    return put(feature, encoder.cell(feature, value));
  }

  /**
   * Sets any value: boxed numbers, BigDecimal, Instant and other times, enum constants, …
   * (docs/TYPES.md has all).
   *
   * @param name of the feature
   * @param value null is missing
   * @return this
   */
  public Row set(String name, Object value) {
    int feature = core.index(name);
    return put(feature, encoder.cell(feature, value));
  }

  /**
   * Says that a value is missing.
   *
   * @param name of the feature
   * @return this
   */
  public Row setMissing(String name) {
    int feature = core.index(name);
    return put(feature, encoder.missing(feature));
  }

  /**
   * Forgets all values.
   *
   * @return this
   */
  public Row clear() {
    Arrays.fill(present, false);
    presentCount = 0;
    return this;
  }

  private Row put(int feature, long cell) {
    cells[feature] = cell;
    if (!present[feature]) {
      present[feature] = true;
      presentCount++;
    }
    return this;
  }

  long token() {
    return schema.token();
  }

  long[] cells() {
    return cells;
  }

  /**
   * A byte per feature, 1 for an optional one that was not set; null where all were. What {@code
   * key} fills, if there is one, need not be set.
   */
  byte[] absent(KeyCells key) {
    return presentCount == cells.length ? null : fillAbsent(key);
  }

  private byte[] fillAbsent(KeyCells key) {
    byte[] absent = new byte[cells.length];
    for (int feature = 0; feature < cells.length; feature++) {
      if (!present[feature] && (key == null || !key.fills(feature))) {
        if (!schema.features().get(feature).optional()) {
          core.absent(feature, List.of());
        }
        cells[feature] = encoder.missing(feature);
        absent[feature] = 1;
      }
    }
    return absent;
  }
}
