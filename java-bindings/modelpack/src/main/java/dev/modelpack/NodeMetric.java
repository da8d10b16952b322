package dev.modelpack;

/**
 * What partition nodes were measured by.
 *
 * @param name such as {@code mae}
 * @param greaterIsBetter whether a greater number is the better one
 */
public record NodeMetric(String name, boolean greaterIsBetter) {}
