package dev.modelpack;

/**
 * The loaded models of partition nodes, the root's not counted; all 0 for a model without
 * partitions.
 *
 * @param budgetBytes memory that they may take, {@link PredictorOptions#cacheBytes()}
 * @param memoryBytes memory that they take, about
 * @param nodes models that are loaded
 * @param loads loads since the predictor was made
 * @param failures loads that failed
 * @param evictions models given up to keep to the budget
 */
public record CacheStats(
    long budgetBytes, long memoryBytes, long nodes, long loads, long failures, long evictions) {}
