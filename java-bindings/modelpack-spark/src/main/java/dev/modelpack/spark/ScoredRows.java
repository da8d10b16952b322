package dev.modelpack.spark;

import dev.modelpack.ErrorCode;
import dev.modelpack.InputException;
import dev.modelpack.Output;
import dev.modelpack.Predictor;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The rows of a partition with their answers, made a batch at a time. */
final class ScoredRows implements Iterator<Row> {
  /** The kind of the core's errors about a row's values. */
  private static final String INPUT = "input";

  private final Iterator<Row> input;
  private final List<AnswerColumn> answers;
  private final HandleInvalid invalid;
  private final RowBatch batch;
  private final Row[] rows;
  private final boolean[] refused;

  /** Rows that came before this batch. */
  private long before;

  private int count;
  private int next;

  ScoredRows(Iterator<Row> input, Predictor predictor, Scoring scoring) {
    this.input = input;
    this.answers = scoring.answers();
    this.invalid = scoring.invalid();
    List<Output> outputs =
        answers.stream()
            .map(answer -> predictor.schema().output(answer.output()).orElseThrow())
            .toList();
    this.batch = new RowBatch(predictor, scoring.features(), outputs);
    this.rows = new Row[batch.capacity()];
    this.refused = new boolean[batch.capacity()];
  }

  @Override
  public boolean hasNext() {
    while (true) {
      while (next < count && refused[next] && invalid == HandleInvalid.SKIP) {
        next++;
      }
      if (next < count) {
        return true;
      }
      if (!input.hasNext()) {
        return false;
      }
      fill();
    }
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int place = next++;
    Row row = rows[place];
    int width = row.length();
    Object[] values = new Object[width + answers.size()];
    for (int i = 0; i < width; i++) {
      values[i] = row.get(i);
    }
    if (!refused[place]) {
      for (int i = 0; i < answers.size(); i++) {
        values[width + i] = answers.get(i).value(batch.answer(i), place);
      }
    }
    return RowFactory.create(values);
  }

  private void fill() {
    before += count;
    count = 0;
    next = 0;
    Arrays.fill(refused, false);
    while (!batch.isFull(count) && input.hasNext()) {
      Row row = input.next();
      rows[count] = row;
      refused[count] = !batch.put(count, row);
      count++;
    }
    if (invalid == HandleInvalid.ERROR) {
      predictAll();
    } else {
      predictEach();
    }
  }

  private void predictAll() {
    for (int place = 0; place < count; place++) {
      if (refused[place]) {
        refuse(place);
      }
    }
    try {
      batch.predict(count);
    } catch (InputException error) {
      throw placed(error, error.row().orElse(0));
    }
  }

  private void predictEach() {
    batch.predictEach(count);
    for (int place = 0; place < count; place++) {
      ErrorCode error = batch.error(place);
      if (error != null && !error.kind().equals(INPUT)) {
        // Not the row's fault, such as a node's model that is damaged.
        refuse(place);
      }
      refused[place] |= error != null;
    }
  }

  private void refuse(int place) {
    try {
      batch.refuse(rows[place]);
    } catch (InputException error) {
      throw placed(error, place);
    }
  }

  /** The core's error, with the row's place in its partition. */
  private IllegalArgumentException placed(InputException error, long place) {
    TaskContext task = TaskContext.get();
    String partition = task == null ? "" : " of partition " + task.partitionId();
    String told = "%s (row %d%s)".formatted(error.getMessage(), before + place, partition);
    return new IllegalArgumentException(told, error);
  }
}
