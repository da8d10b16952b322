package dev.modelpack.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The first rows of a model's CSV file, without the target, its last column. */
final class Table {
  private final List<String> names;
  private final List<String[]> rows;

  private Table(List<String> names, List<String[]> rows) {
    this.names = names;
    this.rows = rows;
  }

  static Table read(String model, int rows) {
    try (Stream<String> lines = Files.lines(ModelFolder.file(model + ".csv"))) {
      List<String[]> cells = lines.limit(rows + 1L).map(line -> line.split(",")).toList();
      String[] header = cells.get(0);
      // Interned, as names in a program are.
      List<String> names = Stream.of(header).limit(header.length - 1L).map(String::intern).toList();
      return new Table(names, cells.subList(1, rows + 1));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  List<String> names() {
    return names;
  }

  int size() {
    return rows.size();
  }

  boolean isText(int column) {
    return names.get(column).startsWith("category");
  }

  String text(int row, int column) {
    return rows.get(row)[column];
  }

  /** NaN where it is missing. */
  double number(int row, int column) {
    String text = text(row, column);
    return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
  }

  /** A row by name: Double, String, or null where it is missing. */
  Map<String, Object> map(int row) {
    Map<String, Object> map = new HashMap<>();
    for (int column = 0; column < names.size(); column++) {
      String text = text(row, column);
      Object value = text.isEmpty() || isText(column) ? text : Double.valueOf(text);
      map.put(names.get(column), text.isEmpty() ? null : value);
    }
    return map;
  }

  List<Map<String, Object>> maps() {
    return IntStream.range(0, size()).mapToObj(this::map).toList();
  }

  double[][] numbers() {
    double[][] numbers = new double[size()][names.size()];
    for (int row = 0; row < size(); row++) {
      for (int column = 0; column < names.size(); column++) {
        numbers[row][column] = number(row, column);
      }
    }
    return numbers;
  }
}
