package dev.modelpack;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The calls into the native library (native/jni), and nothing else: they translate and decide
 * nothing. Texts go as UTF-8, since JNI's own strings are not. A call that fails throws a {@link
 * ModelpackException} by way of {@link #raise}.
 */
final class Native {
  /**
   * Raised with every change of the calls below; the library states the one that it was built for.
   */
  static final int INTERFACE_VERSION = 8;

  private Native() {}

  static native int interfaceVersion();

  /** Address of the first byte of a direct buffer, whatever its position; 0 for another buffer. */
  static native long bufferAddress(ByteBuffer buffer);

  // A trust policy.

  static native long trustUnsigned();

  static native long trustUnsignedOnnx();

  static native long trustOfUser();

  static native long trustFromPath(byte[] path);

  static native long trustFromBytes(byte[] content, byte[] source);

  static native long trustFromKey(byte[] pem);

  static native long trustFromIdentity(byte[] identity, byte[][] engines);

  static native void trustFree(long trust);

  static native byte[] trustJson(long trust);

  // A bundle. A policy of 0 permits nothing; expectations are null where there are none.

  static native long bundleOpenPath(
      byte[] path, long trust, byte[] name, byte[] minVersion, byte[] identity);

  static native long bundleOpenBytes(
      byte[] content, long trust, byte[] name, byte[] minVersion, byte[] identity);

  static native byte[] explainPath(
      byte[] path, long trust, byte[] name, byte[] minVersion, byte[] identity);

  static native byte[] explainBytes(
      byte[] content, long trust, byte[] name, byte[] minVersion, byte[] identity);

  static native void bundleFree(long bundle);

  static native byte[] bundleFacts(long bundle);

  static native byte[] bundleExplanation(long bundle);

  /** Hashes every member and reads every entry of the nodes. */
  static native void bundleCheckMembers(long bundle);

  /** Null where the bundle has no such member. */
  static native byte[] bundleMember(long bundle, byte[] name);

  static native byte[] bundleSchema(long bundle);

  /** Throws where {@code next} may not take the place of {@code bundle}. */
  static native void bundleCheckSuccessor(long bundle, long next, boolean allowRollback);

  /** 1 where the version of {@code bundle} is the higher one, 0 where they are equal, else -1. */
  static native int bundleCompareVersion(long bundle, long other);

  // A predictor.

  /**
   * {@code cacheBytes}: 0 for the core's default; {@code onnxRuntime}: the library that was asked
   * for, {@code onnxRuntimeFound}: the one on the class path; null where there is none.
   */
  static native long predictorNew(
      long bundle,
      byte[] engine,
      int threads,
      long cacheBytes,
      byte[] onnxRuntime,
      byte[] onnxRuntimeFound);

  static native void predictorFree(long predictor);

  static native byte[] predictorEngine(long predictor);

  static native byte[] predictorPlan(long predictor);

  /** Five numbers a feature, in the order of {@link FeatureStats}. */
  static native long[] predictorStats(long predictor);

  /** The cell of null in each feature. */
  static native long[] nullCells(long predictor);

  // One value to its cell, by the core's table (docs/TYPES.md).

  static native long cellFloat64(long predictor, int feature, double value);

  static native long cellFloat32(long predictor, int feature, float value);

  static native long cellInt64(long predictor, int feature, long value);

  static native long cellBool(long predictor, int feature, boolean value);

  static native long cellTime(long predictor, int feature, long micros);

  static native long cellText(long predictor, int feature, byte[] text);

  /** Position of a feature; an unknown name throws and suggests the nearest one. */
  static native int featureIndex(long predictor, byte[] name);

  /**
   * Throws what a row without this required feature is told; {@code others} are the row's names
   * that are no features.
   */
  static native void refuseAbsent(long predictor, int feature, byte[][] others);

  // Prediction. Addresses are those of direct buffers that the caller keeps alive and has measured.

  /**
   * One row: a cell per feature at {@code cells}; outputs are written from {@code outputs} on, in
   * schema order, each from a multiple of 8 bytes. {@code mask}: bit i for output i, 0 for all.
   * {@code answered}: 0, or where the node that answers goes, an int64, and a byte with the reason.
   */
  static native void predictRow(
      long predictor, long cells, long outputs, long mask, long token, long answered);

  /**
   * As {@link #predictRow}; {@code absent} holds a byte per feature, 1 for an optional one that is
   * not present.
   */
  static native void predictRowWithAbsent(
      long predictor,
      long cells,
      long outputs,
      long mask,
      long token,
      long answered,
      byte[] absent);

  /**
   * A batch; {@link BatchCall} says what the arrays hold. {@code status}, {@code nodes} and {@code
   * reasons} are 0, or the addresses of one int32, int64 and byte a row.
   */
  static native void predictColumns(
      long predictor,
      long[] columns,
      long rows,
      long[] outputs,
      long status,
      long nodes,
      long reasons);

  /**
   * A batch in the structs of the Arrow C Data Interface, which are released if it succeeds. {@code
   * key}: null, or a cell per level. The others as for {@link #predictColumns}.
   */
  static native void predictArrow(
      long predictor,
      long schema,
      long array,
      boolean strict,
      long[] key,
      long rows,
      long[] outputs,
      long status,
      long nodes,
      long reasons);

  // Nodes: 0 is the root, the others stand in the order of the bundle's index. A key is the cells
  // of the leading levels' features.

  /** Nodes with the root. */
  static native long nodeCount(long predictor);

  /** All nodes, each before its descendants. */
  static native long[] nodeOrder(long predictor);

  /** What {@link PartitionNodeReader} reads. */
  static native byte[] nodes(long predictor, long[] nodes);

  static native byte[] nodePath(long predictor, long node);

  /** Name, and whether greater is better; null where nothing is known about the nodes. */
  static native byte[] nodeMetric(long predictor);

  /** The node that answers for a key, and the number of the {@link Reason}. */
  static native long[] nodeFind(long predictor, long[] cells);

  /** The node of exactly this key, or -1. */
  static native long nodeExact(long predictor, long[] cells);

  /** {@code nodes} null: as many as fit. */
  static native void preload(long predictor, long[] nodes);

  /** Rows, loads, failures, whether it is loaded, bytes of memory. */
  static native long[] nodeStats(long predictor, long node);

  /** Six numbers, in the order of {@link CacheStats}. */
  static native long[] cacheStats(long predictor);

  /**
   * Called by the native library alone: throws what it has to say. Texts are UTF-8 or null, the row
   * is -1 where there is none.
   */
  private static void raise(
      int code, byte[] message, byte[] feature, long row, byte[] node, byte[] hint) {
    throw new ErrorDetails(
            ErrorCode.of(code), text(message), text(feature), row, text(node), text(hint), null)
        .exception();
  }

  private static String text(byte[] utf8) {
    return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
  }
}
