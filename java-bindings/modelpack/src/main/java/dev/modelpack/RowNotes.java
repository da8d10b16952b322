package dev.modelpack;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a batch says about each row beside its outputs: its error, and which partition node answers
 * for it, and why. Without partitions the root, node 0, answers for every row, exactly.
 *
 * <pre>{@code
 * RowNotes notes = RowNotes.allocate(rows);
 * predictor.predict(rows, columns, notes, targets);
 * String path = predictor.nodePath(notes.node(3).getAsLong());
 * }</pre>
 *
 * <p>After a call that threw, what it holds is not defined.
 */
public final class RowNotes {
  final ByteBuffer status;
  final ByteBuffer nodes;
  final ByteBuffer reasons;

  private RowNotes(ByteBuffer status, ByteBuffer nodes, ByteBuffer reasons) {
    this.status = status;
    this.nodes = nodes;
    this.reasons = reasons;
  }

  /**
   * New memory for errors, nodes and reasons: a row that is refused does not keep others from being
   * answered.
   *
   * @param rows number of rows
   * @return the notes, to be filled by one call at a time
   */
  public static RowNotes allocate(int rows) {
    return new RowNotes(direct(rows, Integer.BYTES), direct(rows, Long.BYTES), direct(rows, 1));
  }

  /**
   * New memory for nodes and reasons alone: the call throws the error of the lowest row that is
   * refused.
   *
   * @param rows number of rows
   * @return the notes, to be filled by one call at a time
   */
  public static RowNotes allocateNodes(int rows) {
    return new RowNotes(null, direct(rows, Long.BYTES), direct(rows, 1));
  }

  /**
   * Notes in the caller's memory. Buffers are direct, in native byte order, and written from their
   * position on.
   *
   * @param status an int per row, or null: then the call throws the error of the lowest row
   * @param nodes a long per row, or null if the node is not asked for
   * @param reasons a byte per row, or null if the reason is not asked for
   * @return the notes
   */
  public static RowNotes of(ByteBuffer status, ByteBuffer nodes, ByteBuffer reasons) {
    return new RowNotes(status, nodes, reasons);
  }

  /**
   * The error of a row, after the call.
   *
   * @param row from 0
   * @return the error, or empty where the row was answered
   * @throws UsageException if errors were not asked for
   */
  public Optional<ErrorCode> error(int row) {
    ByteBuffer buffer = require(status, "errors");
    int number = buffer.getInt(buffer.position() + row * Integer.BYTES);
    return number == 0 ? Optional.empty() : Optional.of(ErrorCode.of(number));
  }

  /**
   * The partition node that answers for a row, after the call; also for a row in error, such as one
   * whose node cannot be loaded.
   *
   * @param row from 0
   * @return {@link PartitionNode#number()}, which {@link Predictor#nodePath} takes; empty where the
   *     row's key was refused
   * @throws UsageException if nodes were not asked for
   */
  public OptionalLong node(int row) {
    ByteBuffer buffer = require(nodes, "nodes");
    long node = buffer.getLong(buffer.position() + row * Long.BYTES);
    return node < 0 ? OptionalLong.empty() : OptionalLong.of(node);
  }

  /**
   * Why that node answers, after the call.
   *
   * @param row from 0
   * @return the reason; empty where the row's key was refused
   * @throws UsageException if reasons were not asked for
   */
  public Optional<Reason> reason(int row) {
    ByteBuffer buffer = require(reasons, "reasons");
    return Optional.ofNullable(Reason.of(buffer.get(buffer.position() + row)));
  }

  private static ByteBuffer require(ByteBuffer buffer, String what) {
    if (buffer == null) {
      throw ErrorDetails.of(ErrorCode.USAGE, "the notes have no room for " + what).exception();
    }
    return buffer;
  }

  private static ByteBuffer direct(int rows, int bytes) {
    int size = Math.multiplyExact(rows, bytes);
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }
}
