package dev.modelpack.benchmarks;

import jakarta.xml.bind.JAXBException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.ParserConfigurationException;
import org.dmg.pmml.PMML;
import org.jpmml.evaluator.Evaluator;
import org.jpmml.evaluator.LoadingModelEvaluatorBuilder;
import org.jpmml.model.metro.MetroJAXBSerializer;
import org.jpmml.xgboost.FeatureMap;
import org.jpmml.xgboost.Learner;
import org.jpmml.xgboost.XGBoostUtil;
import org.xml.sax.SAXException;

/**
 * {@link TreeModel}'s XGBoost model in JPMML, converted and loaded as JPMML's documentation does.
 */
final class Jpmml {
  private final Evaluator evaluator;

  private Jpmml(Evaluator evaluator) {
    this.evaluator = evaluator;
  }

  static Jpmml load() {
    try {
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      new MetroJAXBSerializer().serialize(convert(), file);
      LoadingModelEvaluatorBuilder builder = new LoadingModelEvaluatorBuilder();
      Evaluator evaluator = builder.load(new ByteArrayInputStream(file.toByteArray())).build();
      return new Jpmml(evaluator.verify());
    } catch (IOException | JAXBException | SAXException | ParserConfigurationException failure) {
      throw new IllegalStateException(failure);
    }
  }

  Map<String, ?> predict(Map<String, ?> row) {
    return evaluator.evaluate(row);
  }

  private static PMML convert() throws IOException {
    FeatureMap features = new FeatureMap();
    Table.read("trees", 1).names().forEach(name -> features.addEntry(name, "q"));
    try (InputStream json = Files.newInputStream(ModelFolder.file("trees.json"))) {
      Learner learner = XGBoostUtil.loadLearner(json);
      return learner.encodePMML(Map.of(), "y", List.of("0", "1"), features);
    }
  }
}
