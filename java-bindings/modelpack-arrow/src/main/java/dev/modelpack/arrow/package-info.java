/**
 * Predicts batches of Apache Arrow vectors. {@link dev.modelpack.arrow.ArrowPredictor} is where to
 * begin.
 */
package dev.modelpack.arrow;
