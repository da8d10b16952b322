package dev.modelpack;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Where ONNX Runtime's library is, for the core, which decides what is loaded.
 *
 * <p>The one on the class path is extracted as the native library is: into a new folder that only
 * this user may enter, read back, and deleted once it is mapped.
 */
final class OnnxRuntime {
  static final String ENGINE = "onnx";
  static final String MEMBER = "models/main/onnx.json";

  /** The library, where the options do not name it. */
  static final String PATH_PROPERTY = "modelpack.onnxruntime";

  private static final String VARIABLE = "MODELPACK_ONNXRUNTIME";

  /** Of the class path; kept when its file is gone, since the core knows by it what it loaded. */
  private static Path extracted;

  private final Path asked;
  private final Path found;

  private OnnxRuntime(Path asked, Path found) {
    this.asked = asked;
    this.found = found;
  }

  static OnnxRuntime notNeeded() {
    return new OnnxRuntime(null, null);
  }

  /** What was asked for, or else what the class path has. */
  static OnnxRuntime find(PredictorOptions options) {
    String property = System.getProperty(PATH_PROPERTY);
    Path asked =
        options
            .onnxRuntime()
            .orElse(property == null || property.isEmpty() ? null : Path.of(property));
    if (asked != null) {
      return new OnnxRuntime(asked.toAbsolutePath(), null);
    }
    String variable = System.getenv(VARIABLE);
    boolean named = variable != null && !variable.isEmpty();
    return new OnnxRuntime(null, named ? null : onClassPath());
  }

  byte[] asked() {
    return utf8(asked);
  }

  byte[] found() {
    return utf8(found);
  }

  private static byte[] utf8(Path path) {
    return path == null ? null : Wire.utf8(path.toString());
  }

  /** The core has it in memory, or did without it. */
  void loaded() {
    if (found != null) {
      delete(found);
      delete(found.getParent());
    }
  }

  private static synchronized Path onClassPath() {
    if (extracted == null) {
      String file = libraryFile(Platform.current());
      URL resource = resource("ai/onnxruntime/native/" + folder(Platform.current()) + "/" + file);
      extracted = resource == null ? null : extract(resource, file);
    }
    return extracted;
  }

  /** Applications that load their packages themselves say so by the thread's class loader. */
  private static URL resource(String name) {
    return Stream.of(
            OnnxRuntime.class.getClassLoader(), Thread.currentThread().getContextClassLoader())
        .filter(loader -> loader != null)
        .map(loader -> loader.getResource(name))
        .filter(url -> url != null)
        .findFirst()
        .orElse(null);
  }

  private static Path extract(URL resource, String file) {
    try {
      Path folder = NativeLibrary.createPrivateFolder(NativeLibrary.parentFolder());
      Path target = folder.resolve(file).toAbsolutePath();
      // The other way round, as they go: for a library that the core refuses, or Windows keeps.
      folder.toFile().deleteOnExit();
      target.toFile().deleteOnExit();
      NativeLibrary.extract(PackagedLibrary.of(resource, file), target);
      return target;
    } catch (IOException error) {
      throw ErrorDetails.of(
              ErrorCode.IO,
              "ONNX Runtime's library %s cannot be extracted into %s: %s"
                  .formatted(resource, NativeLibrary.parentFolder(), error))
          .withHint(
              "name a folder that can be written: -D" + NativeLibrary.FOLDER_PROPERTY + "=FOLDER")
          .withCause(error)
          .exception();
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException inUse) {
      path.toFile().deleteOnExit();
    }
  }

  /** A platform as ONNX Runtime's package names it. */
  static String folder(Platform platform) {
    String os =
        switch (platform.os()) {
          case "macos" -> "osx";
          case "windows" -> "win";
          default -> platform.os();
        };
    return os + "-" + (platform.architecture().equals("x86_64") ? "x64" : platform.architecture());
  }

  private static String libraryFile(Platform platform) {
    return switch (platform.os()) {
      case "windows" -> "onnxruntime.dll";
      case "macos" -> "libonnxruntime.dylib";
      default -> "libonnxruntime.so";
    };
  }
}
