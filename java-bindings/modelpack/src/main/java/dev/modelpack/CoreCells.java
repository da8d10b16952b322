package dev.modelpack;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Single values to cells by the core's own table. The core decides what is exact, rounded or
 * refused; {@link CellEncoder} comes here with every value whose cell is not beyond doubt.
 */
final class CoreCells {
  private final Handle predictor;
  private final Schema schema;

  CoreCells(Handle predictor, Schema schema) {
    this.predictor = predictor;
    this.schema = schema;
  }

  long float64(int feature, double value) {
    int call = predictor.enter();
    try {
      return Native.cellFloat64(predictor.pointer(), feature, value);
    } finally {
      predictor.exit(call);
    }
  }

  long float32(int feature, float value) {
    int call = predictor.enter();
    try {
      return Native.cellFloat32(predictor.pointer(), feature, value);
    } finally {
      predictor.exit(call);
    }
  }

  long int64(int feature, long value) {
    int call = predictor.enter();
    try {
      return Native.cellInt64(predictor.pointer(), feature, value);
    } finally {
      predictor.exit(call);
    }
  }

  long bool(int feature, boolean value) {
    int call = predictor.enter();
    try {
      return Native.cellBool(predictor.pointer(), feature, value);
    } finally {
      predictor.exit(call);
    }
  }

  long time(int feature, long micros) {
    int call = predictor.enter();
    try {
      return Native.cellTime(predictor.pointer(), feature, micros);
    } finally {
      predictor.exit(call);
    }
  }

  long text(int feature, String text) {
    byte[] utf8 = strictUtf8(feature, text);
    int call = predictor.enter();
    try {
      return Native.cellText(predictor.pointer(), feature, utf8);
    } finally {
      predictor.exit(call);
    }
  }

  /** Position of a feature; an unknown name is an error that suggests the nearest one. */
  int index(String name) {
    int index = schema.indexOf(name);
    if (index >= 0) {
      return index;
    }
    int call = predictor.enter();
    try {
      return Native.featureIndex(predictor.pointer(), Wire.utf8(name));
    } finally {
      predictor.exit(call);
    }
  }

  /**
   * Refuses a row without a required feature.
   *
   * @param others further names in the row, one of which may be the feature's, misspelt
   */
  void absent(int feature, List<String> others) {
    byte[][] names = others.stream().map(Wire::utf8).toArray(byte[][]::new);
    int call = predictor.enter();
    try {
      Native.refuseAbsent(predictor.pointer(), feature, names);
    } finally {
      predictor.exit(call);
    }
  }

  private byte[] strictUtf8(int feature, String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] utf8 = new byte[encoded.remaining()];
      encoded.get(utf8);
      return utf8;
    } catch (CharacterCodingException loneSurrogate) {
      String name = schema.features().get(feature).name();
      throw ErrorDetails.of(
              ErrorCode.WRONG_TYPE,
              "feature %s (string) takes Unicode text, not %s, which holds half of a surrogate pair"
                  .formatted(Quote.of(name), Quote.of(text)))
          .withFeature(name)
          .exception();
    }
  }
}
