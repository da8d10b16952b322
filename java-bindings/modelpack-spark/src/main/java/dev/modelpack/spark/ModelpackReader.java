package dev.modelpack.spark;

import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;

/** Reads what {@link ModelpackWriter} saved. The bundle is that in the folder. */
final class ModelpackReader extends DefaultParamsReader<ModelpackTransformer> {
  @Override
  public ModelpackTransformer load(String path) {
    return super.load(path).setBundle(new Path(path, ModelpackWriter.FILE).toString());
  }
}
