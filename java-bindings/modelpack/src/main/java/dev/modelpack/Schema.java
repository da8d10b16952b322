package dev.modelpack;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a model takes and answers. Immutable; stays good after its bundle was closed. */
public final class Schema {
  private final List<Feature> features;
  private final List<Output> outputs;
  private final List<Feature> keys;
  private final Map<String, Integer> featureIndex;
  private final long token;
  private final int outputWidth;

  Schema(List<Feature> features, List<Feature> keys, List<Output> outputs, long token) {
    this.features = List.copyOf(features);
    this.keys = List.copyOf(keys);
    this.outputs = List.copyOf(outputs);
    this.token = token;
    this.featureIndex = new HashMap<>(features.size() * 2);
    for (Feature feature : features) {
      featureIndex.put(feature.name(), feature.index());
    }
    this.outputWidth = outputs.stream().mapToInt(Output::columns).sum();
  }

  /**
   * The features, in the order of a {@code double[]} row.
   *
   * @return an immutable list
   */
  public List<Feature> features() {
    return features;
  }

  /**
   * The features whose values choose the model that answers a row, a level each.
   *
   * @return an immutable list, outermost level first; empty for a bundle with one model
   */
  public List<Feature> keys() {
    return keys;
  }

  /**
   * The outputs, in the order in which they stand in a {@code double[]} of answers.
   *
   * @return an immutable list
   */
  public List<Output> outputs() {
    return outputs;
  }

  /**
   * The feature of a name.
   *
   * @param name its name
   * @return the feature, or empty
   */
  public Optional<Feature> feature(String name) {
    Integer index = featureIndex.get(name);
    return index == null ? Optional.empty() : Optional.of(features.get(index));
  }

  /**
   * The output of a name.
   *
   * @param name {@code value}, {@code label}, {@code probability} or {@code margin}
   * @return the output, or empty
   */
  public Optional<Output> output(String name) {
    return outputs.stream().filter(output -> output.name().equals(name)).findFirst();
  }

  /**
   * Columns of all outputs together: the length of the {@code double[]} that holds all answers of a
   * row.
   *
   * @return at least 1
   */
  public int outputWidth() {
    return outputWidth;
  }

  /**
   * A number that is equal for bundles whose features and categories are equal. A {@link Row} of
   * one is good for the other.
   *
   * @return the first 8 bytes, little-endian, of SHA-256 over schema and dictionaries
   */
  public long token() {
    return token;
  }

  /** Position of a feature, or -1. */
  int indexOf(String name) {
    Integer index = featureIndex.get(name);
    return index == null ? -1 : index;
  }
}
