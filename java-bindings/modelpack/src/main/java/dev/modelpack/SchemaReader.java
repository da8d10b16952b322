package dev.modelpack;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the schema as the native library sends it (native/jni/src/schema.rs writes it). */
final class SchemaReader {
  private final Wire wire;

  private SchemaReader(Wire wire) {
    this.wire = wire;
  }

  static Schema read(byte[] bytes) {
    return new SchemaReader(new Wire(bytes)).schema();
  }

  private Schema schema() {
    long token = wire.int64();
    int featureCount = wire.int32();
    List<Feature> features = new ArrayList<>(featureCount);
    for (int index = 0; index < featureCount; index++) {
      features.add(feature(index));
    }
    int keyCount = wire.int32();
    List<Feature> keys = new ArrayList<>(keyCount);
    for (int level = 0; level < keyCount; level++) {
      keys.add(features.get(wire.int32()));
    }
    int outputCount = wire.int32();
    List<Output> outputs = new ArrayList<>(outputCount);
    int offset = 0;
    for (int index = 0; index < outputCount; index++) {
      Output output = output(index, offset);
      outputs.add(output);
      offset += output.columns();
    }
    return new Schema(features, keys, outputs, token);
  }

  private Feature feature(int index) {
    // Literals and most JSON readers' keys are interned too: a map then finds a name by identity.
    String name = wire.text().intern();
    Dtype dtype = Dtype.of(wire.int32());
    Policy missing = policy();
    Policy unseen = policy();
    NullKind nullIs = wire.int32() == 0 ? NullKind.NONE : NullKind.NAN;
    boolean optional = wire.bool();
    String[] categories = new String[wire.int32()];
    for (int code = 0; code < categories.length; code++) {
      categories[code] = wire.text();
    }
    return new Feature(
        index, name, dtype, missing, unseen, nullIs, optional, new Categories(categories));
  }

  private Policy policy() {
    Policy.Kind kind = Policy.Kind.values()[wire.int32()];
    Optional<Object> value =
        kind == Policy.Kind.DEFAULT ? Optional.of(wire.value()) : Optional.empty();
    return new Policy(kind, value);
  }

  private Output output(int index, int offset) {
    String name = wire.text();
    Dtype dtype = Dtype.of(wire.int32());
    int columns = wire.int32();
    int classCount = wire.int32();
    List<Classes> classes = new ArrayList<>(classCount);
    for (int column = 0; column < classCount; column++) {
      classes.add(classes());
    }
    return new Output(index, name, dtype, columns, List.copyOf(classes), offset);
  }

  private Classes classes() {
    Dtype dtype = Dtype.of(wire.int32());
    int count = wire.int32();
    List<Object> values = new ArrayList<>(count);
    for (int position = 0; position < count; position++) {
      values.add(wire.value());
    }
    return new Classes(dtype, List.copyOf(values));
  }
}
