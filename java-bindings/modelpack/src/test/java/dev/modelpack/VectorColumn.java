package dev.modelpack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/** Cells of a vector as a column of the dtype in which they are written. */
final class VectorColumn {
  private VectorColumn() {}

  /** Empty for cells of several kinds, or that no column of Java holds. */
  static Optional<Column> of(Feature feature, List<VectorCell> cells) {
    List<String> kinds =
        cells.stream().filter(cell -> !cell.isMissing()).map(VectorCell::kind).distinct().toList();
    boolean ownNull = cells.stream().allMatch(cell -> isNullOf(feature, cell) || !cell.isMissing());
    if (kinds.size() > 1 || !ownNull) {
      return Optional.empty();
    }
    String kind = kinds.isEmpty() ? "x" : kinds.get(0);
    Optional<Column> values = kind.equals("s") ? Optional.of(texts(cells)) : numbers(kind, cells);
    ByteBuffer valid = direct(cells.size());
    for (int row = 0; row < cells.size(); row++) {
      valid.put(row, (byte) (cells.get(row).isMissing() ? 0 : 1));
    }
    return values.map(column -> column.withValid(valid));
  }

  private static boolean isNullOf(Feature feature, VectorCell cell) {
    return cell.kind().equals("null")
        || cell.kind().equals(feature.nullIs() == NullKind.NONE ? "none" : "nan");
  }

  static ByteBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  private static Optional<Column> numbers(String kind, List<VectorCell> cells) {
    Dtype dtype =
        switch (kind) {
          case "f" -> Dtype.FLOAT64;
          case "g" -> Dtype.FLOAT32;
          case "h" -> Dtype.FLOAT16;
          case "i" -> Dtype.INT64;
          case "u" -> Dtype.UINT64;
          case "b" -> Dtype.BOOL;
          case "t" -> Dtype.TIMESTAMP;
          case "x" -> Dtype.CELL;
          default -> null;
        };
    if (dtype == null) {
      return Optional.empty();
    }
    ByteBuffer data = direct(cells.size() * dtype.sizeBytes());
    for (VectorCell cell : cells) {
      if (cell.isMissing()) {
        data.put(new byte[dtype.sizeBytes()]);
      } else {
        put(data, kind, cell);
      }
    }
    return Optional.of(Column.of(dtype, data.flip()));
  }

  private static void put(ByteBuffer data, String kind, VectorCell cell) {
    switch (kind) {
      case "f", "x" -> data.putLong(cell.bits());
      case "g" -> data.putInt(Integer.parseUnsignedInt(cell.content(), 16));
      case "h" -> data.putShort((short) Integer.parseInt(cell.content(), 16));
      case "b" -> data.put(Byte.parseByte(cell.content()));
      case "u" -> data.putLong(Long.parseUnsignedLong(cell.content()));
      default -> data.putLong(Long.parseLong(cell.content()));
    }
  }

  private static Column texts(List<VectorCell> cells) {
    int size = cells.stream().mapToInt(cell -> cell.isMissing() ? 0 : cell.utf8().length).sum();
    ByteBuffer utf8 = direct(size);
    ByteBuffer offsets = direct(Long.BYTES * (cells.size() + 1)).putLong(0);
    for (VectorCell cell : cells) {
      utf8.put(cell.isMissing() ? new byte[0] : cell.utf8());
      offsets.putLong(utf8.position());
    }
    return Column.text(utf8.flip(), offsets.flip());
  }
}
