package dev.modelpack;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answer for one row. Immutable. What a model does not answer (a regressor has no label) throws
 * {@link UsageException}; the schema says what it answers.
 */
public final class Prediction {
  private final Schema schema;
  private final double[] values;
  private final String identity;
  private final List<String> missing;
  private final List<String> unseen;
  private final String node;
  private final Reason reason;

  Prediction(
      Schema schema,
      double[] values,
      String identity,
      List<String> missing,
      List<String> unseen,
      String node,
      Reason reason) {
    this.schema = schema;
    this.values = values;
    this.identity = identity;
    this.missing = missing;
    this.unseen = unseen;
    this.node = node;
    this.reason = reason;
  }

  /**
   * The class predicted by a classifier with one label.
   *
   * @return a Long, Double, Boolean or String, as in training
   */
  public Object label() {
    Output output = require("label");
    requireOneColumn(output, "labels()");
    return label(output, 0);
  }

  /**
   * The classes predicted, one per label column.
   *
   * @return an immutable list of Long, Double, Boolean or String
   */
  public List<Object> labels() {
    Output output = require("label");
    List<Object> labels = new ArrayList<>(output.columns());
    for (int column = 0; column < output.columns(); column++) {
      labels.add(label(output, column));
    }
    return List.copyOf(labels);
  }

  /**
   * The number predicted by a regressor with one target.
   *
   * @return the value
   */
  public double value() {
    Output output = require("value");
    requireOneColumn(output, "output(\"value\")");
    return values[output.offset()];
  }

  /**
   * The probability of a class, for a classifier with one label.
   *
   * @param label a class; an Integer stands for the Long of the same value
   * @return from 0 to 1
   */
  public double probability(Object label) {
    Output output = require("probability");
    if (output.classes().size() != 1) {
      throw usage("the model has several labels", "read output(\"probability\")");
    }
    Classes classes = output.classes().get(0);
    int index = classes.indexOf(label);
    if (index < 0) {
      throw usage(
          Quote.of(label) + " is not a class of the model", "its classes are " + classes.values());
    }
    return values[output.offset() + index];
  }

  /**
   * The probabilities of all classes.
   *
   * @return a new array in the order of {@link Output#classes()}
   */
  public double[] probabilities() {
    return copy(require("probability"));
  }

  /**
   * The number to rank by: the value of a regressor, the probability of the second of two classes.
   *
   * @return the score
   * @throws UsageException if the model has several values, or more than two classes
   */
  public double score() {
    Optional<Output> value = schema.output("value");
    if (value.isPresent() && value.get().columns() == 1) {
      return values[value.get().offset()];
    }
    Optional<Output> probability = schema.output("probability");
    if (probability.isPresent()
        && probability.get().columns() == 2
        && probability.get().classes().size() <= 1) {
      return values[probability.get().offset() + 1];
    }
    throw usage(
        "a model with several values or more than two classes has no one score",
        "read output(name)");
  }

  /**
   * The raw score, before it became a value or probability.
   *
   * @return a new array
   */
  public double[] margin() {
    return copy(require("margin"));
  }

  /**
   * An output by name.
   *
   * @param name an output of the schema; {@code label} gives class indices
   * @return a new array of its columns
   */
  public double[] output(String name) {
    return copy(require(name));
  }

  /**
   * All outputs by name.
   *
   * @return a new map in schema order
   */
  public Map<String, double[]> outputs() {
    Map<String, double[]> outputs = new LinkedHashMap<>();
    schema.outputs().forEach(output -> outputs.put(output.name(), copy(output)));
    return outputs;
  }

  /**
   * The partition node that answered.
   *
   * @return its path, such as {@code PL/Warsaw} ({@code /} for the root), or empty for a model
   *     without partitions
   */
  public Optional<String> node() {
    return Optional.ofNullable(node);
  }

  /**
   * Why that node answered.
   *
   * @return {@link Reason#EXACT} if it is the one of the row's key, else why an ancestor stands in
   *     for it; empty for a model without partitions
   */
  public Optional<Reason> reason() {
    return Optional.ofNullable(reason);
  }

  /**
   * The bundle that answered.
   *
   * @return {@link Bundle#identity()}
   */
  public String identity() {
    return identity;
  }

  /**
   * Features that were missing in the row.
   *
   * @return names in schema order
   */
  public List<String> missing() {
    return missing;
  }

  /**
   * Features whose category training did not see.
   *
   * @return names in schema order
   */
  public List<String> unseen() {
    return unseen;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("Prediction[");
    for (Output output : schema.outputs()) {
      text.append(output.index() == 0 ? "" : ", ").append(output.name()).append('=');
      text.append(output.name().equals("label") ? labels() : Arrays.toString(copy(output)));
    }
    if (node != null) {
      text.append(", node=").append(node).append(", reason=").append(reason);
    }
    return text.append(']').toString();
  }

  private Object label(Output output, int column) {
    return output.classes().get(column).values().get((int) values[output.offset() + column]);
  }

  private double[] copy(Output output) {
    return Arrays.copyOfRange(values, output.offset(), output.offset() + output.columns());
  }

  private Output require(String name) {
    return schema
        .output(name)
        .orElseThrow(
            () ->
                usage(
                    "the model has no output " + Quote.of(name),
                    "it answers " + schema.outputs().stream().map(Output::name).toList()));
  }

  private static void requireOneColumn(Output output, String instead) {
    if (output.columns() != 1) {
      throw usage(
          "the output %s has %d columns".formatted(Quote.of(output.name()), output.columns()),
          "read " + instead);
    }
  }

  private static ModelpackException usage(String message, String hint) {
    return ErrorDetails.of(ErrorCode.USAGE, message).withHint(hint).exception();
  }
}
