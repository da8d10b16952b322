package dev.modelpack.spark;

import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsWriter;

/** Saves what Spark saves of every stage, and the bundle's file beside it. */
final class ModelpackWriter extends DefaultParamsWriter {
  static final String FILE = "bundle.mpk";

  private final ModelpackTransformer instance;

  ModelpackWriter(ModelpackTransformer instance) {
    super(instance);
    this.instance = instance;
  }

  @Override
  public void saveImpl(String path) {
    super.saveImpl(path);
    BundleFile file = new BundleFile(instance.getBundle());
    file.copyTo(new Path(path, FILE), ModelpackTransformer.hadoop(sparkSession()));
  }
}
