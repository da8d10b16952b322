package dev.modelpack.arrow;

import dev.modelpack.Output;
import dev.modelpack.OutputBuffer;
import dev.modelpack.Predictor;
import dev.modelpack.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Predicts batches of Arrow vectors. The core reads the vectors where they are, whatever their
 * order, and writes numbers into the vectors that are returned; nothing is copied. Labels are
 * looked up afterwards, by the class index that the core gives.
 *
 * <pre>{@code
 * ArrowPredictor arrow = ArrowPredictor.of(predictor, allocator);
 * try (VectorSchemaRoot answers = arrow.predict(rides)) {
 *   Float8Vector eta = (Float8Vector) answers.getVector("value");
 * }
 * }</pre>
 *
 * <p>Vectors are bound to features by name; docs/TYPES.md says which types a feature takes. Other
 * vectors are ignored unless the predictor is strict. The vectors stay the caller's and can be used
 * after the call, also after one that threw.
 *
 * <p>The answers have a column per output:
 *
 * <ul>
 *   <li>numbers: float64 or float32, as the schema states it; a fixed-size list of them, with items
 *       called {@code item}, where the output has several columns;
 *   <li>{@code label}: the classes, which are utf8, int64, float64 or bool; for several label
 *       columns a struct of them, called {@code 0}, {@code 1} and so on;
 *   <li>with {@link Builder#errorsAsNull()}, {@code error}: utf8, why the row was refused;
 *   <li>with {@link Builder#nodes()}, {@code node} and {@code reason}: utf8, the path of the
 *       partition node that answered and why, such as {@code exact}; null for a model without
 *       partitions.
 * </ul>
 *
 * <p>All columns are nullable; values are null only in rows that were refused. These are the fields
 * of the Python package's {@code predict_arrow}.
 *
 * <p>Immutable, and safe to share between threads that each have roots of their own. It owns
 * nothing: predictor and allocator stay the caller's, and must be open as long as this is used. The
 * JVM needs {@code --add-opens=java.base/java.nio=ALL-UNNAMED}, as Arrow's memory does.
 */
public final class ArrowPredictor {
  private final Predictor predictor;
  private final BufferAllocator allocator;
  private final CoreCall core;
  private final List<Output> outputs;
  private final boolean errors;
  private final boolean nodes;
  private final Schema schema;

  private ArrowPredictor(Builder builder) {
    this.predictor = builder.predictor;
    this.allocator = builder.allocator;
    this.core =
        builder.key == null
            ? predictor::predictArrow
            : predictor.withKey(builder.key.toArray())::predictArrow;
    this.outputs = builder.selected();
    this.errors = builder.errors;
    this.nodes = builder.nodes;
    this.schema = AnswerFields.schema(outputs, errors, nodes);
  }

  /**
   * Answers with all outputs; the first row that is refused is thrown.
   *
   * @param predictor answers; not closed by this
   * @param allocator of the answers and of what a call needs; a call gives back all but the answers
   * @return what predicts
   */
  public static ArrowPredictor of(Predictor predictor, BufferAllocator allocator) {
    return builder(predictor, allocator).build();
  }

  /**
   * A builder that starts from {@link #of}.
   *
   * @param predictor answers; not closed by this
   * @param allocator of the answers and of what a call needs; a call gives back all but the answers
   * @return a new builder
   */
  public static Builder builder(Predictor predictor, BufferAllocator allocator) {
    return new Builder(predictor, allocator);
  }

  /**
   * The schema of the answers.
   *
   * @return all fields are nullable
   */
  public Schema schema() {
    return schema;
  }

  /**
   * Predicts a batch without dictionaries.
   *
   * @param batch a vector per feature, by name; stays as it is, and the caller's
   * @return the answers, as many rows; the caller closes them
   * @throws dev.modelpack.InputException of the lowest row that is refused, unless {@link
   *     Builder#errorsAsNull()}; if a vector is missing or of a type that its feature does not take
   * @throws dev.modelpack.FormatException of the lowest row whose node's model cannot be loaded,
   *     unless {@link Builder#errorsAsNull()}
   * @throws UsageException if a vector is encoded by a dictionary, or an output takes more than 2
   *     GiB
   * @throws dev.modelpack.ClosedException if the predictor was closed
   */
  public VectorSchemaRoot predict(VectorSchemaRoot batch) {
    return predict(batch, null);
  }

  /**
   * Predicts a batch.
   *
   * @param batch a vector per feature, by name; stays as it is, and the caller's
   * @param dictionaries of the vectors that are encoded by one; each value is looked up once. Null
   *     if none is
   * @return the answers, as many rows; the caller closes them
   * @throws dev.modelpack.InputException of the lowest row that is refused, unless {@link
   *     Builder#errorsAsNull()}; if a vector is missing or of a type that its feature does not take
   * @throws dev.modelpack.FormatException of the lowest row whose node's model cannot be loaded,
   *     unless {@link Builder#errorsAsNull()}
   * @throws UsageException if a dictionary is not there, or an output takes more than 2 GiB
   * @throws dev.modelpack.ClosedException if the predictor was closed
   */
  public VectorSchemaRoot predict(VectorSchemaRoot batch, DictionaryProvider dictionaries) {
    VectorSchemaRoot answers = VectorSchemaRoot.create(schema, allocator);
    try {
      fill(answers, batch, dictionaries);
      return answers;
    } catch (RuntimeException | Error failure) {
      answers.close();
      throw failure;
    }
  }

  /**
   * Predicts a stream of batches, each when the next answers are asked for.
   *
   * @param batches read to the end; closed with the answers
   * @return the answers, a batch for each; {@link ArrowReader#loadNextBatch} throws what {@link
   *     #predict(VectorSchemaRoot, DictionaryProvider)} does, with rows counted within the batch.
   *     The caller closes it
   */
  public ArrowReader predict(ArrowReader batches) {
    return new AnswerReader(this, allocator, batches);
  }

  /** Fills empty vectors of {@link #schema()}. */
  void fill(VectorSchemaRoot answers, VectorSchemaRoot batch, DictionaryProvider dictionaries) {
    int rows = batch.getRowCount();
    List<AnswerColumn> columns = new ArrayList<>();
    try (ExportedBatch exported = new ExportedBatch(allocator, batch, dictionaries);
        BatchNotes notes = new BatchNotes(allocator, rows, errors, nodes)) {
      for (Output output : outputs) {
        columns.add(AnswerColumn.of(output, answers.getVector(output.name()), allocator, rows));
      }
      core.predict(
          exported.schemaAddress(),
          exported.arrayAddress(),
          rows,
          notes.notes(),
          columns.stream().map(AnswerColumn::target).toArray(OutputBuffer[]::new));
      BitSet refused = notes.refused();
      columns.forEach(column -> column.finish(refused));
      if (errors) {
        new ErrorColumn(answers, core, outputs).fill(exported, notes, refused, rows);
      }
      if (nodes) {
        new NodeColumns(predictor, answers).fill(notes, rows);
      }
      answers.setRowCount(rows);
    } finally {
      columns.forEach(AnswerColumn::close);
    }
  }

  /** Collects what an {@link ArrowPredictor} answers. */
  public static final class Builder {
    private final Predictor predictor;
    private final BufferAllocator allocator;
    private Set<String> outputs;
    private List<Object> key;
    private boolean errors;
    private boolean nodes;

    private Builder(Predictor predictor, BufferAllocator allocator) {
      this.predictor = predictor;
      this.allocator = allocator;
    }

    /**
     * Names the outputs wanted, in the order of the answers' columns; what only others need is not
     * computed. All by default.
     *
     * @param names of {@link dev.modelpack.Schema#outputs()}
     * @return this
     */
    public Builder outputs(String... names) {
      this.outputs = new LinkedHashSet<>(List.of(names));
      return this;
    }

    /**
     * Gives the partition key of all rows, as {@link Predictor#withKey} does: vectors of the key's
     * features are not looked at, and need not be there.
     *
     * @param values a value per level; null is missing, and so are further levels
     * @return this
     */
    public Builder key(Object... values) {
      this.key = Arrays.asList(values.clone());
      return this;
    }

    /**
     * Makes a row that is refused null in every output, and adds the column {@code error}, which
     * says why; it does not keep others from being answered.
     *
     * @return this
     */
    public Builder errorsAsNull() {
      this.errors = true;
      return this;
    }

    /**
     * Adds the columns {@code node} and {@code reason}.
     *
     * @return this
     */
    public Builder nodes() {
      this.nodes = true;
      return this;
    }

    /**
     * What predicts.
     *
     * @return immutable
     * @throws UsageException if the model has no output of a name, none is named, or the key has
     *     more values than the model levels
     * @throws dev.modelpack.InputException if a level's feature does not take its value
     * @throws dev.modelpack.ClosedException if the predictor was closed
     */
    public ArrowPredictor build() {
      return new ArrowPredictor(this);
    }

    private List<Output> selected() {
      List<Output> all = predictor.schema().outputs();
      if (outputs == null) {
        return all;
      }
      String hint = "it answers " + all.stream().map(Output::name).toList();
      if (outputs.isEmpty()) {
        throw new UsageException("no output is named", hint);
      }
      return outputs.stream()
          .map(
              name ->
                  predictor
                      .schema()
                      .output(name)
                      .orElseThrow(
                          () ->
                              new UsageException(
                                  "the model has no output '%s'".formatted(name), hint)))
          .toList();
    }
  }
}
