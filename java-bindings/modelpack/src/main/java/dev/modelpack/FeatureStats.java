package dev.modelpack;

/**
 * What a predictor saw of one feature so far.
 *
 * @param rows rows answered
 * @param missing of those, rows with this feature missing
 * @param unseen rows with a category that training did not see
 * @param rounded rows whose value was rounded to the feature's 32-bit float
 * @param absent rows without this optional feature
 */
public record FeatureStats(long rows, long missing, long unseen, long rounded, long absent) {}
