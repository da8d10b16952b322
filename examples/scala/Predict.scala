import dev.modelpack.{Bundle, Matrix, OpenOptions, OutputBuffer, Predictor, TrustPolicy}
import java.nio.file.Path
import scala.jdk.CollectionConverters._
import scala.util.Using

/** Predicts in three ways with a model of four measures of a flower: `Predict BUNDLE TRUST NAME`. */
object Predict {
  def main(arguments: Array[String]): Unit = {
    val Array(bundle, trust, name) = arguments
    val expected = OpenOptions.builder().name(name).build()
    // A predictor outlives its bundle.
    val opened =
      Using.resource(Bundle.open(Path.of(bundle), TrustPolicy.load(Path.of(trust)), expected))(_.predictor())
    Using.resource(opened) { predictor =>
      println(s"map ${byName(predictor)}")
      println(s"row ${prepared(predictor)}")
      println(s"batch ${batch(predictor)}")
    }
  }

  /** One row by name; null is missing. */
  private def byName(predictor: Predictor): String = {
    val row = Map("f0" -> 5.1, "f1" -> 3.5, "f2" -> 1.4, "f3" -> 0.2)
    val prediction = predictor.predict(row.asJava)
    s"${prediction.label()} ${prediction.probability(prediction.label())}"
  }

  /** A row whose values are checked when they are set, changed and asked again. */
  private def prepared(predictor: Predictor): String = {
    val row = predictor.row().set("f0", 6.5).set("f1", 3.0).set("f2", 5.2).set("f3", 2.0)
    val before = predictor.predict(row).label()
    s"$before, then ${predictor.predict(row.set("f2", 3.0)).label()}"
  }

  /** Many rows at once: the probability of the first class for each. */
  private def batch(predictor: Predictor): String = {
    val rows = Array(Array(5.1, 3.5, 1.4, 0.2), Array(6.5, 3.0, 5.2, 2.0))
    val output = predictor.schema().output("probability").orElseThrow()
    val probabilities = OutputBuffer.allocate(output, rows.length)
    predictor.predict(Matrix.copyOf(rows, 4), probabilities)
    rows.indices.map(probabilities.get(_, 0)).mkString(" ")
  }
}
