package dev.modelpack.spark;

import java.net.URI;
import org.apache.hadoop.fs.RawLocalFileSystem;

/** The local files under a scheme that only Hadoop knows. */
public final class ElsewhereFileSystem extends RawLocalFileSystem {
  @Override
  public URI getUri() {
    return URI.create("elsewhere:///");
  }

  @Override
  public String getScheme() {
    return "elsewhere";
  }
}
