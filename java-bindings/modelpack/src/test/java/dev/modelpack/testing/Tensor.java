package dev.modelpack.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Elements of a safetensors member. */
record Tensor(String dtype, List<Integer> shape, byte[] data) {
  private static final int ALIGNMENT = 64;

  static Tensor float64(List<Integer> shape, double... values) {
    return of("F64", shape, 8 * values.length, data -> data.asDoubleBuffer().put(values));
  }

  static Tensor float32(List<Integer> shape, float... values) {
    return of("F32", shape, 4 * values.length, data -> data.asFloatBuffer().put(values));
  }

  static Tensor int32(int... values) {
    return of(
        "I32", List.of(values.length), 4 * values.length, data -> data.asIntBuffer().put(values));
  }

  static Tensor uint32(int... values) {
    return of(
        "U32", List.of(values.length), 4 * values.length, data -> data.asIntBuffer().put(values));
  }

  static Tensor uint64(List<Integer> shape, long... values) {
    return of("U64", shape, 8 * values.length, data -> data.asLongBuffer().put(values));
  }

  static Tensor int64(List<Integer> shape, long... values) {
    return of("I64", shape, 8 * values.length, data -> data.asLongBuffer().put(values));
  }

  static Tensor uint8(byte... values) {
    return new Tensor("U8", List.of(values.length), values);
  }

  private static Tensor of(String dtype, List<Integer> shape, int size, Consumer<ByteBuffer> fill) {
    ByteBuffer data = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    fill.accept(data);
    return new Tensor(dtype, shape, data.array());
  }

  private int elementBytes() {
    return dtype.equals("U8") ? 1 : Integer.parseInt(dtype.substring(1)) / 8;
  }

  /** The canonical member of these tensors. */
  static byte[] member(Map<String, Tensor> tensors, Map<String, String> metadata) {
    Map<String, Object> header = new TreeMap<>();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    List<Map.Entry<String, Tensor>> entries = new ArrayList<>(new TreeMap<>(tensors).entrySet());
    entries.sort(Comparator.comparing(entry -> -entry.getValue().elementBytes()));
    for (Map.Entry<String, Tensor> entry : entries) {
      Tensor tensor = entry.getValue();
      int start = data.size();
      data.writeBytes(tensor.data);
      header.put(
          entry.getKey(),
          Json.object(
              "data_offsets",
              List.of(start, data.size()),
              "dtype",
              tensor.dtype,
              "shape",
              new ArrayList<>(tensor.shape)));
    }
    if (!metadata.isEmpty()) {
      header.put("__metadata__", new TreeMap<>(metadata));
    }
    byte[] json = Json.of(header).getBytes(StandardCharsets.UTF_8);
    int padded = (8 + json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - 8;
    ByteBuffer member =
        ByteBuffer.allocate(8 + padded + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    member.putLong(padded).put(json);
    while (member.position() < 8 + padded) {
      member.put((byte) ' ');
    }
    return member.put(data.toByteArray()).array();
  }
}
