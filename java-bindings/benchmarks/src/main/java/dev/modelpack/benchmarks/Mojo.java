package dev.modelpack.benchmarks;

import hex.genmodel.MojoModel;
import hex.genmodel.easy.EasyPredictModelWrapper;
import hex.genmodel.easy.RowData;
import hex.genmodel.easy.exception.PredictException;
import hex.genmodel.easy.prediction.BinomialModelPrediction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** One of H2O's models and its rows, as H2O's documentation runs it. */
final class Mojo {
  private final EasyPredictModelWrapper model;
  private final List<RowData> rows;

  private Mojo(EasyPredictModelWrapper model, List<RowData> rows) {
    this.model = model;
    this.rows = rows;
  }

  static Mojo load(String name) {
    try {
      MojoModel loaded = MojoModel.load(ModelFolder.file(name + ".mojo").toString());
      EasyPredictModelWrapper.Config config = new EasyPredictModelWrapper.Config();
      List<Map<String, Object>> maps = Table.read(name, Turn.ROWS).maps();
      return new Mojo(
          new EasyPredictModelWrapper(config.setModel(loaded)),
          maps.stream().map(Mojo::row).toList());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  BinomialModelPrediction predict(int row) throws PredictException {
    return model.predictBinomial(rows.get(row));
  }

  /** H2O takes what is not there as missing. */
  private static RowData row(Map<String, Object> map) {
    RowData row = new RowData();
    map.forEach(
        (name, value) -> {
          if (value != null) {
            row.put(name, value);
          }
        });
    return row;
  }
}
