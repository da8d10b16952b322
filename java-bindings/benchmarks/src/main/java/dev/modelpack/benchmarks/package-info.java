/** Every way to predict, timed beside JVM peers in the same run. */
package dev.modelpack.benchmarks;
