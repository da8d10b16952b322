package dev.modelpack.benchmarks;

import dev.modelpack.Column;
import dev.modelpack.Dtype;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** Columns of a table in direct memory. */
final class Buffers {
  private Buffers() {}

  static List<Column> columns(Table table) {
    return IntStream.range(0, table.names().size())
        .mapToObj(column -> table.isText(column) ? texts(table, column) : numbers(table, column))
        .toList();
  }

  private static Column numbers(Table table, int column) {
    ByteBuffer data = direct(table.size() * Double.BYTES);
    for (int row = 0; row < table.size(); row++) {
      data.putDouble(row * Double.BYTES, table.number(row, column));
    }
    return Column.of(Dtype.FLOAT64, data);
  }

  private static Column texts(Table table, int column) {
    ByteBuffer offsets = direct((table.size() + 1) * Long.BYTES);
    StringBuilder all = new StringBuilder();
    for (int row = 0; row < table.size(); row++) {
      all.append(table.text(row, column)); // ASCII: a character is a byte
      offsets.putLong((row + 1) * Long.BYTES, all.length());
    }
    ByteBuffer utf8 = direct(all.length());
    utf8.put(0, all.toString().getBytes(StandardCharsets.US_ASCII));
    return Column.text(utf8, offsets);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
