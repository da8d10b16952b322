package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.Vectors;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Bundles with their answers to the bit: each row by name and by position, and all rows as one
 * batch. The same on every engine that runs the bundle; ONNX Runtime's within the bundle's bound.
 */
class ValidVectorsTest {
  @TestFactory
  Stream<DynamicTest> everyAnswerHasTheSameBits() {
    return Vectors.ids("valid/index.tsv").stream()
        .map(id -> DynamicTest.dynamicTest(id, () -> new Vector(id).check()));
  }

  @TestFactory
  Stream<DynamicTest> everyEngineAnswers() {
    return EngineVectors.index().stream()
        .map(
            line ->
                DynamicTest.dynamicTest(
                    line.id() + " in " + line.engine(),
                    () -> new Vector(line.id(), line.engine()).check()));
  }

  /** One vector, opened. */
  private static final class Vector {
    private final Path folder;
    private final List<String[]> input;
    private final List<String[]> expected;
    private final Path bundle;
    private final TrustPolicy trust;
    private final String engine;
    private final List<String[]> bounds;

    Vector(String id) {
      this(id, Vectors.path("valid/" + id).resolve("bundle.mpk"), TrustPolicy.UNSIGNED, "native");
    }

    /** The vector in a bundle with all engines. */
    Vector(String id, String engine) {
      this(id, EngineVectors.bundle(id), EngineVectors.trust(), engine);
    }

    private Vector(String id, Path bundle, TrustPolicy trust, String engine) {
      this.folder = Vectors.path("valid/" + id);
      this.input = body("input.tsv");
      this.expected = body("expected.tsv");
      this.bundle = bundle;
      this.trust = trust;
      this.engine = engine;
      this.bounds = engine.equals("onnx") ? EngineVectors.bounds(id) : null;
      assertEquals(input.size(), expected.size());
    }

    private List<String[]> body(String file) {
      List<String[]> lines = Vectors.lines(folder.resolve(file));
      return lines.subList(1, lines.size());
    }

    void check() {
      PredictorOptions options = PredictorOptions.builder().engine(engine).build();
      try (Bundle opened = Bundle.open(bundle, trust);
          Predictor predictor = opened.predictor(options)) {
        assertEquals(engine, predictor.engine());
        long[][] cells = new long[input.size()][];
        for (int row = 0; row < input.size(); row++) {
          cells[row] = checkByName(predictor, row);
          checkByPosition(predictor, row, cells[row]);
        }
        checkBatch(predictor, cells);
      }
    }

    /**
     * Predicts a row by name if Java can say it; its cells in any case, or null where a value was
     * refused.
     */
    private long[] checkByName(Predictor predictor, int row) {
      Map<String, Object> values = new HashMap<>();
      boolean sayable = true;
      long[] cells = new long[predictor.schema().features().size()];
      Row scratch = predictor.row();
      boolean made = true;
      for (Feature feature : predictor.schema().features()) {
        VectorCell cell = new VectorCell(input.get(row)[feature.index()]);
        Optional<VectorCell.Sayable> value = cell.value(feature);
        sayable &= value.isPresent();
        value.ifPresent(known -> values.put(feature.name(), known.value()));
        try {
          cells[feature.index()] = cell.cell(scratch, feature);
        } catch (InputException refused) {
          made = false;
        }
      }
      if (sayable) {
        assertOutcome(row, outcome(() -> bits(predictor, predictor.predict(values))));
        checkByKey(predictor, row, values);
      }
      return made ? cells : null;
    }

    /** Predicts a row whose key stands beside it. */
    private void checkByKey(Predictor predictor, int row, Map<String, Object> values) {
      Map<String, Object> others = new HashMap<>(values);
      Object[] key =
          predictor.schema().keys().stream()
              .map(feature -> others.remove(feature.name()))
              .toArray();
      assertOutcome(row, outcome(() -> bits(predictor, predictor.withKey(key).predict(others))));
    }

    /** Predicts a row by position where doubles hold its cells. */
    private void checkByPosition(Predictor predictor, int row, long[] cells) {
      if (cells == null) {
        return;
      }
      double[] in = new double[cells.length];
      for (Feature feature : predictor.schema().features()) {
        long cell = cells[feature.index()];
        Dtype dtype = feature.dtype();
        boolean missing = Cells.isMissing(dtype, cell);
        boolean number = dtype == Dtype.FLOAT64 || dtype == Dtype.FLOAT32;
        if (dtype == Dtype.TIMESTAMP && !missing
            || !number && Math.abs(cell) >= 1L << 53 && !missing) {
          return;
        }
        in[feature.index()] =
            number
                ? Double.longBitsToDouble(cell)
                : missing && dtype != Dtype.STRING ? Double.NaN : cell;
      }
      double[] out = new double[predictor.schema().outputWidth()];
      assertOutcome(
          row,
          outcome(
              () -> {
                predictor.predict(in, out);
                return bits(predictor.schema(), out);
              }));
    }

    private void checkBatch(Predictor predictor, long[][] cells) {
      int rows = input.size();
      List<Column> columns = new ArrayList<>();
      for (Feature feature : predictor.schema().features()) {
        columns.add(column(feature, cells));
      }
      OutputBuffer[] targets =
          predictor.schema().outputs().stream()
              .map(output -> OutputBuffer.allocate(output, rows))
              .toArray(OutputBuffer[]::new);
      ByteBuffer status = VectorColumn.direct(rows * Integer.BYTES);
      predictor.predict(rows, columns, status, targets);
      for (int row = 0; row < rows; row++) {
        int code = status.getInt(row * Integer.BYTES);
        assertOutcome(row, code == 0 ? bits(targets, row) : List.of(ErrorCode.of(code).name()));
      }
    }

    private Column column(Feature feature, long[][] cells) {
      List<VectorCell> texts =
          input.stream().map(line -> new VectorCell(line[feature.index()])).toList();
      boolean rounded =
          feature.dtype() == Dtype.FLOAT32
              && texts.stream().anyMatch(cell -> cell.kind().equals("f"));
      if (!rounded) {
        Optional<Column> typed = VectorColumn.of(feature, texts);
        if (typed.isPresent()) {
          return typed.get();
        }
      }
      ByteBuffer data = VectorColumn.direct(cells.length * Long.BYTES);
      for (long[] row : cells) {
        data.putLong(row[feature.index()]);
      }
      return Column.of(Dtype.CELL, data.flip());
    }

    private void assertOutcome(int row, List<String> found) {
      String[] line = expected.get(row);
      List<String> wanted =
          line[0].equals("ok") ? Arrays.asList(line).subList(1, line.length) : List.of(line[0]);
      if (bounds != null && line[0].equals("ok") && wanted.size() == found.size()) {
        for (int column = 0; column < wanted.size(); column++) {
          String bound = bounds.get(row)[column + 1];
          assertTrue(
              EngineVectors.isWithin(wanted.get(column), found.get(column), bound),
              "row %d: %s, not %s".formatted(row, found, wanted));
        }
        return;
      }
      assertArrayEquals(wanted.toArray(), found.toArray(), () -> "row " + row + ": " + found);
    }
  }

  private static List<String> outcome(java.util.function.Supplier<List<String>> body) {
    try {
      return body.get();
    } catch (InputException error) {
      return List.of(error.code().name());
    }
  }

  private static List<String> bits(Predictor predictor, Prediction prediction) {
    double[] out = new double[predictor.schema().outputWidth()];
    for (Output output : predictor.schema().outputs()) {
      System.arraycopy(prediction.output(output.name()), 0, out, output.offset(), output.columns());
    }
    return bits(predictor.schema(), out);
  }

  private static List<String> bits(Schema schema, double[] out) {
    List<String> bits = new ArrayList<>();
    for (Output output : schema.outputs()) {
      for (int column = 0; column < output.columns(); column++) {
        bits.add(bits(output.dtype(), out[output.offset() + column]));
      }
    }
    return bits;
  }

  private static List<String> bits(OutputBuffer[] targets, int row) {
    List<String> bits = new ArrayList<>();
    for (OutputBuffer target : targets) {
      for (int column = 0; column < target.output().columns(); column++) {
        bits.add(bits(target.dtype(), target.get(row, column)));
      }
    }
    return bits;
  }

  private static String bits(Dtype dtype, double value) {
    return switch (dtype) {
      case FLOAT64 -> "%016x".formatted(Double.doubleToRawLongBits(value));
      case FLOAT32 -> "%08x".formatted(Float.floatToRawIntBits((float) value));
      default -> Long.toString((long) value);
    };
  }
}
