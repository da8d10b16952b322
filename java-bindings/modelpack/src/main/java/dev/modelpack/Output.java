package dev.modelpack;

import java.util.List;

/**
 * One named output of a model.
 *
 * @param index position in the schema
 * @param name {@code value}, {@code label}, {@code probability} or {@code margin}
 * @param dtype {@link Dtype#FLOAT64}, {@link Dtype#FLOAT32}, or {@link Dtype#INT64} (label: a class
 *     index per column)
 * @param columns width
 * @param classes of {@code label} and {@code probability}: one entry per label column, else empty
 * @param offset where the first column stands in the {@code double[]} that holds all outputs
 */
public record Output(
    int index, String name, Dtype dtype, int columns, List<Classes> classes, int offset) {}
