package dev.modelpack;

import java.util.List;
import java.util.Map;

/**
 * A predictor for the rows of one key, made by {@link Predictor#withKey}: what rows and batches
 * hold in the features of the key is not looked at, and need not be there. Immutable, safe to share
 * between threads, and cheap enough to be made per request.
 *
 * <pre>{@code
 * Prediction prediction = predictor.withKey("PL", "Warsaw").predict(Map.of("hour", 17));
 * }</pre>
 *
 * <p>Good as long as its predictor is open; every call throws {@link ClosedException} afterwards.
 */
public final class KeyedPredictor {
  private final Predictor predictor;
  private final RowCalls rows;
  private final KeyCells key;

  KeyedPredictor(Predictor predictor, RowCalls rows, KeyCells key) {
    this.predictor = predictor;
    this.rows = rows;
    this.key = key;
  }

  /**
   * As {@link Predictor#predict(Map)}.
   *
   * @param row names and values of the features that are not the key's
   * @return the answer
   * @throws InputException if a feature is not present or a value is refused
   * @throws FormatException if the model of the key's node cannot be loaded
   * @throws ClosedException if the predictor was closed
   */
  public Prediction predict(Map<String, ?> row) {
    return rows.predict(row, key);
  }

  /**
   * As {@link Predictor#predict(Row)}.
   *
   * @param row of {@link Predictor#row()}, with a value for each feature that is neither optional
   *     nor the key's
   * @return the answer
   * @throws InputException if a feature is not present or its value is refused, or the row is of
   *     another schema
   * @throws FormatException if the model of the key's node cannot be loaded
   * @throws ClosedException if the predictor was closed
   */
  public Prediction predict(Row row) {
    return rows.predict(row, key);
  }

  /**
   * As {@link Predictor#predict(double[], double[])}.
   *
   * @param in one number per feature in schema order, those of the key anything
   * @param out receives all outputs in schema order
   * @throws InputException if a value is refused or an array has another length
   * @throws FormatException if the model of the key's node cannot be loaded
   * @throws ClosedException if the predictor was closed
   */
  public void predict(double[] in, double[] out) {
    rows.predict(in, out, key);
  }

  /**
   * As {@link Predictor#predict(double[], Output, double[])}.
   *
   * @param in one number per feature in schema order, those of the key anything
   * @param output an output of the predictor's schema
   * @param out receives the output's columns; a label is its class index
   * @throws InputException if a value is refused or an array has another length
   * @throws FormatException if the model of the key's node cannot be loaded
   * @throws ClosedException if the predictor was closed
   */
  public void predict(double[] in, Output output, double[] out) {
    rows.predict(in, output, out, key);
  }

  /**
   * As {@link Predictor#predict(Matrix, OutputBuffer...)}.
   *
   * @param matrix one column per feature in schema order, those of the key holding anything
   * @param targets where the outputs asked for go
   * @throws InputException of the lowest row that is refused
   * @throws FormatException if the model of the key's node cannot be loaded
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if the predictor was closed
   */
  public void predict(Matrix matrix, OutputBuffer... targets) {
    predictor.run(BatchCall.of(matrix, targets).withKey(key), matrix, targets);
  }

  /**
   * As {@link Predictor#predict(Matrix, RowNotes, OutputBuffer...)}.
   *
   * @param matrix one column per feature in schema order, those of the key holding anything
   * @param notes receives what there is to say about each row
   * @param targets where the outputs asked for go; those of rows in error are not defined
   * @throws InputException of the lowest row that is refused, if the notes have no room for errors
   * @throws FormatException if the model of the key's node cannot be loaded, likewise
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if the predictor was closed
   */
  public void predict(Matrix matrix, RowNotes notes, OutputBuffer... targets) {
    BatchCall batch = BatchCall.of(matrix, targets).withKey(key).withNotes(notes);
    predictor.run(batch, matrix, notes, targets);
  }

  /**
   * As {@link Predictor#predict(int, List, OutputBuffer...)}.
   *
   * @param rows number of rows
   * @param columns one per feature in schema order; {@link Column#absent()} for those of the key
   * @param targets where the outputs asked for go
   * @throws InputException of the lowest row that is refused
   * @throws FormatException if the model of the key's node cannot be loaded
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if the predictor was closed
   */
  public void predict(int rows, List<Column> columns, OutputBuffer... targets) {
    predictor.run(BatchCall.of(rows, columns, targets).withKey(key), columns, targets);
  }

  /**
   * As {@link Predictor#predict(int, List, RowNotes, OutputBuffer...)}.
   *
   * @param rows number of rows
   * @param columns one per feature in schema order; {@link Column#absent()} for those of the key
   * @param notes receives what there is to say about each row
   * @param targets where the outputs asked for go; those of rows in error are not defined
   * @throws InputException of the lowest row that is refused, if the notes have no room for errors
   * @throws FormatException if the model of the key's node cannot be loaded, likewise
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if the predictor was closed
   */
  public void predict(int rows, List<Column> columns, RowNotes notes, OutputBuffer... targets) {
    BatchCall batch = BatchCall.of(rows, columns, targets).withKey(key).withNotes(notes);
    predictor.run(batch, columns, notes, targets);
  }

  /**
   * As {@link Predictor#predictArrow(long, long, int, OutputBuffer...)}; children of the key's
   * names are not looked at.
   *
   * @param schemaAddress address of a {@code struct ArrowSchema}
   * @param arrayAddress address of its {@code struct ArrowArray}
   * @param rows number of rows: the array's length, for which the targets have room
   * @param targets where the outputs asked for go; no memory of the array's
   * @throws InputException of the lowest row that is refused, if a child is missing or of a type
   *     that its feature does not take, or if the array has another number of rows
   * @throws FormatException if the model of the key's node cannot be loaded
   * @throws UsageException if an address is 0 or not a multiple of 8, or a buffer cannot be used
   * @throws ClosedException if the predictor was closed
   */
  public void predictArrow(
      long schemaAddress, long arrayAddress, int rows, OutputBuffer... targets) {
    ArrowCall call = arrowCall(schemaAddress, arrayAddress, rows, targets);
    predictor.run(call, (Object) targets);
  }

  /**
   * As {@link Predictor#predictArrow(long, long, int, RowNotes, OutputBuffer...)}; children of the
   * key's names are not looked at.
   *
   * @param schemaAddress address of a {@code struct ArrowSchema}
   * @param arrayAddress address of its {@code struct ArrowArray}
   * @param rows number of rows: the array's length, for which notes and targets have room
   * @param notes receives what there is to say about each row
   * @param targets where the outputs asked for go; those of rows in error are not defined
   * @throws InputException of the lowest row that is refused, if the notes have no room for errors;
   *     if a child is missing or of a type that its feature does not take, or if the array has
   *     another number of rows
   * @throws FormatException if the model of the key's node cannot be loaded, likewise
   * @throws UsageException if an address is 0 or not a multiple of 8, or a buffer cannot be used
   * @throws ClosedException if the predictor was closed
   */
  public void predictArrow(
      long schemaAddress, long arrayAddress, int rows, RowNotes notes, OutputBuffer... targets) {
    ArrowCall call = arrowCall(schemaAddress, arrayAddress, rows, targets);
    predictor.run(call.withNotes(notes), notes, targets);
  }

  private ArrowCall arrowCall(
      long schemaAddress, long arrayAddress, int rows, OutputBuffer[] targets) {
    boolean strict = predictor.strict();
    return new ArrowCall(schemaAddress, arrayAddress, strict, rows, targets).withKey(key);
  }
}
