package dev.modelpack;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Rows that are maps from feature names to values. */
final class MapEncoder {
  private final Schema schema;
  private final String[] names;
  private final CellEncoder cells;
  private final CoreCells core;
  private final boolean strict;

  MapEncoder(Schema schema, CellEncoder cells, CoreCells core, boolean strict) {
    this.schema = schema;
    this.names = schema.features().stream().map(Feature::name).toArray(String[]::new);
    this.cells = cells;
    this.core = core;
    this.strict = strict;
  }

  /**
   * Writes the row's cells from the buffer's start on, but for those that {@code key} fills, if
   * there is one. Returns a byte per feature, 1 for an optional one that is not present; null where
   * all are.
   */
  byte[] encode(Map<String, ?> row, KeyCells key, ByteBuffer bytes) {
    int found = 0;
    byte[] absent = null;
    for (int feature = 0; feature < names.length; feature++) {
      if (key != null && key.fills(feature)) {
        continue;
      }
      Object value = row.get(names[feature]);
      if (value != null) {
        found++;
        bytes.putLong(feature * Long.BYTES, cells.cell(feature, value));
      } else {
        if (row.containsKey(names[feature])) {
          found++;
        } else {
          requireOptional(feature, row);
          absent = absent == null ? new byte[names.length] : absent;
          absent[feature] = 1;
        }
        bytes.putLong(feature * Long.BYTES, cells.missing(feature));
      }
    }
    if (strict && found < row.size()) {
      refuseFurtherKey(row);
    }
    return absent;
  }

  private void requireOptional(int feature, Map<String, ?> row) {
    if (schema.features().get(feature).optional()) {
      return;
    }
    List<String> others = furtherKeys(row).toList();
    core.absent(feature, others);
  }

  private void refuseFurtherKey(Map<String, ?> row) {
    furtherKeys(row).findFirst().ifPresent(core::index);
  }

  private Stream<String> furtherKeys(Map<String, ?> row) {
    return row.keySet().stream().filter(Objects::nonNull).filter(key -> schema.indexOf(key) < 0);
  }
}
