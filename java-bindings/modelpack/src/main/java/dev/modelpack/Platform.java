package dev.modelpack;

import java.util.Locale;

/**
 * The platform that this JVM runs on, as the folders of native libraries name it: {@code
 * linux-x86_64}.
 */
record Platform(String os, String architecture) {

  static Platform current() {
    return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
  }

  static Platform of(String osName, String osArchitecture) {
    return new Platform(
        os(osName.toLowerCase(Locale.ROOT)), architecture(osArchitecture.toLowerCase(Locale.ROOT)));
  }

  private static String os(String name) {
    if (name.startsWith("mac") || name.startsWith("darwin")) {
      return "macos";
    }
    return name.startsWith("windows") ? "windows" : name.replaceAll("[^a-z0-9]+", "");
  }

  private static String architecture(String name) {
    return switch (name) {
      case "amd64", "x86_64", "x64" -> "x86_64";
      case "aarch64", "arm64" -> "aarch64";
      default -> name.replaceAll("[^a-z0-9_]+", "");
    };
  }

  /** What this platform calls the library. */
  String libraryFile() {
    return switch (os) {
      case "windows" -> "modelpack_jni.dll";
      case "macos" -> "libmodelpack_jni.dylib";
      default -> "libmodelpack_jni.so";
    };
  }

  @Override
  public String toString() {
    return os + "-" + architecture;
  }
}
