import dev.modelpack.Bundle
import dev.modelpack.Matrix
import dev.modelpack.OpenOptions
import dev.modelpack.OutputBuffer
import dev.modelpack.Predictor
import dev.modelpack.TrustPolicy
import java.nio.file.Path

/** Predicts in three ways with a model of four measures of a flower: `Predict BUNDLE TRUST NAME`. */
fun main(arguments: Array<String>) {
  val (bundle, trust, name) = arguments
  val expected = OpenOptions.builder().name(name).build()
  Bundle.open(Path.of(bundle), TrustPolicy.load(Path.of(trust)), expected)
    .use { it.predictor() } // a predictor outlives its bundle
    .use { predictor ->
      println("map ${byName(predictor)}")
      println("row ${prepared(predictor)}")
      println("batch ${batch(predictor)}")
    }
}

/** One row by name; null is missing. */
private fun byName(predictor: Predictor): String {
  val prediction = predictor.predict(mapOf("f0" to 5.1, "f1" to 3.5, "f2" to 1.4, "f3" to 0.2))
  return "${prediction.label()} ${prediction.probability(prediction.label())}"
}

/** A row whose values are checked when they are set, changed and asked again. */
private fun prepared(predictor: Predictor): String {
  val row = predictor.row().set("f0", 6.5).set("f1", 3.0).set("f2", 5.2).set("f3", 2.0)
  val before = predictor.predict(row).label()
  return "$before, then ${predictor.predict(row.set("f2", 3.0)).label()}"
}

/** Many rows at once: the probability of the first class for each. */
private fun batch(predictor: Predictor): String {
  val rows = arrayOf(doubleArrayOf(5.1, 3.5, 1.4, 0.2), doubleArrayOf(6.5, 3.0, 5.2, 2.0))
  val output = predictor.schema().output("probability").orElseThrow()
  val probabilities = OutputBuffer.allocate(output, rows.size)
  predictor.predict(Matrix.copyOf(rows, 4), probabilities)
  return rows.indices.joinToString(" ") { probabilities.get(it, 0).toString() }
}
