package dev.modelpack;

/**
 * What happened to one partition node since its predictor was made.
 *
 * @param rows rows that it answered
 * @param loads times that its model was loaded
 * @param failures times that loading failed
 * @param loaded whether its model is in memory; the root's, which always is, is not counted
 * @param memoryBytes that its model takes, about; 0 if it is not loaded
 */
public record NodeStats(long rows, long loads, long failures, boolean loaded, long memoryBytes) {}
