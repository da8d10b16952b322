package dev.modelpack;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Predicts with one bundle's model. Immutable and safe to share between threads, also with one that
 * closes it: calls in flight finish, later ones throw {@link ClosedException}. Outlives its bundle.
 *
 * <p>Rows may be given by name ({@link #predict(Map)}, {@link #predict(Row)}) or by position
 * ({@link #predict(double[], double[])}, which allocates nothing); batches as matrices or columns
 * in direct buffers.
 *
 * <p>Of a bundle with partitions, the model of each row's key answers, or of the nearest ancestor
 * that has one; {@link Prediction#node()} and {@link RowNotes} say which. Models are loaded when
 * they are first used. One that cannot be loaded, since its bytes are not those that were packed,
 * fails by name; no other one answers in its place, and all others go on.
 */
public final class Predictor implements AutoCloseable {
  private final Handle handle;
  private final Schema schema;
  private final String identity;
  private final CoreCells core;
  private final CellEncoder encoder;
  private final boolean strict;
  private final RowCalls rows;
  private final Nodes nodes;

  Predictor(long pointer, Schema schema, String identity, boolean strict, Cleaner cleaner) {
    this.handle = new Handle("predictor", pointer, Native::predictorFree);
    cleaner.register(this, handle::close);
    this.schema = schema;
    this.identity = identity;
    this.strict = strict;
    this.core = new CoreCells(handle, schema);
    this.encoder = new CellEncoder(schema, Native.nullCells(pointer), core);
    NodePaths paths = new NodePaths(Native.nodeCount(pointer));
    MapEncoder maps = new MapEncoder(schema, encoder, core, strict);
    this.rows = new RowCalls(handle, schema, identity, encoder, maps, paths);
    this.nodes = new Nodes(handle, schema, encoder, paths);
  }

  /**
   * Predicts a row given by name. Every feature must be a key, unless it is optional; null is
   * missing; further keys are ignored unless {@link PredictorOptions#strict()}.
   *
   * @param row feature names and values (docs/TYPES.md says which types a feature takes)
   * @return the answer
   * @throws InputException if a feature is not present or a value is refused
   * @throws FormatException if the model of the row's node cannot be loaded
   * @throws ClosedException if this was closed
   */
  public Prediction predict(Map<String, ?> row) {
    return rows.predict(row, null);
  }

  /**
   * A row to be filled in by name, for this predictor and all whose schema has the same token.
   *
   * @return a new row without values
   */
  public Row row() {
    return new Row(encoder, core, schema);
  }

  /**
   * Predicts a row.
   *
   * @param row with a value for each feature that is not optional
   * @return the answer
   * @throws InputException if a feature is not present or its value is refused, or the row is of
   *     another schema
   * @throws FormatException if the model of the row's node cannot be loaded
   * @throws ClosedException if this was closed
   */
  public Prediction predict(Row row) {
    return rows.predict(row, null);
  }

  /**
   * Predicts a row given by position, without allocating.
   *
   * @param in one number per feature in schema order: numbers as they are, NaN for missing; bools 0
   *     or 1; categories by {@link Categories#code}. A timestamp can only be missing: its feature
   *     needs a {@link Row} or map
   * @param out receives all outputs in schema order, one after the other, {@link
   *     Schema#outputWidth()} numbers; {@link Output#offset()} says where each begins, a label is
   *     its class index
   * @throws InputException if a value is refused or an array has another length
   * @throws FormatException if the model of the row's node cannot be loaded
   * @throws ClosedException if this was closed
   */
  public void predict(double[] in, double[] out) {
    rows.predict(in, out, null);
  }

  /**
   * Predicts one output of a row given by position, without allocating. What only other outputs
   * need is not computed.
   *
   * @param in as for {@link #predict(double[], double[])}
   * @param output an output of this predictor's schema
   * @param out receives the output's columns; a label is its class index
   * @throws InputException if a value is refused or an array has another length
   * @throws FormatException if the model of the row's node cannot be loaded
   * @throws ClosedException if this was closed
   */
  public void predict(double[] in, Output output, double[] out) {
    rows.predict(in, output, out, null);
  }

  /**
   * Predicts a batch that lies in a matrix. Nothing is copied on the way in.
   *
   * @param matrix one column per feature in schema order
   * @param targets where the outputs asked for go
   * @throws InputException of the lowest row that is refused
   * @throws FormatException of the lowest row whose node's model cannot be loaded
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if this was closed
   */
  public void predict(Matrix matrix, OutputBuffer... targets) {
    run(BatchCall.of(matrix, targets), matrix, targets);
  }

  /**
   * Predicts a batch that lies in a matrix, with an answer or an error per row.
   *
   * @param matrix one column per feature in schema order
   * @param status direct buffer that receives an int per row: 0, or the {@link ErrorCode#number()}
   *     of its error
   * @param targets where the outputs asked for go; those of rows in error are not defined
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if this was closed
   */
  public void predict(Matrix matrix, ByteBuffer status, OutputBuffer... targets) {
    run(BatchCall.of(matrix, targets).withStatus(status), matrix, status, targets);
  }

  /**
   * Predicts a batch that lies in a matrix, and says which node answered for each row.
   *
   * @param matrix one column per feature in schema order
   * @param notes receives what there is to say about each row
   * @param targets where the outputs asked for go; those of rows in error are not defined
   * @throws InputException of the lowest row that is refused, if the notes have no room for errors
   * @throws FormatException if the model of a node cannot be loaded, likewise
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if this was closed
   */
  public void predict(Matrix matrix, RowNotes notes, OutputBuffer... targets) {
    run(BatchCall.of(matrix, targets).withNotes(notes), matrix, notes, targets);
  }

  /**
   * Predicts a batch given by columns. Nothing is copied on the way in.
   *
   * @param rows number of rows
   * @param columns one per feature in schema order
   * @param targets where the outputs asked for go
   * @throws InputException of the lowest row that is refused
   * @throws FormatException of the lowest row whose node's model cannot be loaded
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if this was closed
   */
  public void predict(int rows, List<Column> columns, OutputBuffer... targets) {
    run(BatchCall.of(rows, columns, targets), columns, targets);
  }

  /**
   * Predicts a batch given by columns, with an answer or an error per row.
   *
   * @param rows number of rows
   * @param columns one per feature in schema order
   * @param status direct buffer that receives an int per row: 0, or the {@link ErrorCode#number()}
   *     of its error
   * @param targets where the outputs asked for go; those of rows in error are not defined
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if this was closed
   */
  public void predict(int rows, List<Column> columns, ByteBuffer status, OutputBuffer... targets) {
    run(BatchCall.of(rows, columns, targets).withStatus(status), columns, status, targets);
  }

  /**
   * Predicts a batch given by columns, and says which node answered for each row.
   *
   * @param rows number of rows
   * @param columns one per feature in schema order
   * @param notes receives what there is to say about each row
   * @param targets where the outputs asked for go; those of rows in error are not defined
   * @throws InputException of the lowest row that is refused, if the notes have no room for errors
   * @throws FormatException if the model of a node cannot be loaded, likewise
   * @throws UsageException if a buffer cannot be used
   * @throws ClosedException if this was closed
   */
  public void predict(int rows, List<Column> columns, RowNotes notes, OutputBuffer... targets) {
    run(BatchCall.of(rows, columns, targets).withNotes(notes), columns, notes, targets);
  }

  /**
   * Predicts a batch that another library exports through the <a
   * href="https://arrow.apache.org/docs/format/CDataInterface.html">Arrow C Data Interface</a>: a
   * struct array whose children are the features, bound by name. Nothing is copied on the way in.
   * Further children are ignored unless {@link PredictorOptions#strict()}; docs/TYPES.md says which
   * types a feature takes.
   *
   * <p>If the call succeeds, both structs are released, as the interface has it for what is moved;
   * if it throws, both are still the caller's. The memory of the structs themselves is always the
   * caller's. An address that is not a struct's, or a struct that breaks the interface, is not
   * found out: the JVM may crash.
   *
   * @param schemaAddress address of a {@code struct ArrowSchema}
   * @param arrayAddress address of its {@code struct ArrowArray}
   * @param rows number of rows: the array's length, for which the targets have room
   * @param targets where the outputs asked for go; no memory of the array's
   * @throws InputException of the lowest row that is refused, if a child is missing or of a type
   *     that its feature does not take, or if the array has another number of rows
   * @throws FormatException of the lowest row whose node's model cannot be loaded
   * @throws UsageException if an address is 0 or not a multiple of 8, or a buffer cannot be used
   * @throws ClosedException if this was closed
   */
  public void predictArrow(
      long schemaAddress, long arrayAddress, int rows, OutputBuffer... targets) {
    run(new ArrowCall(schemaAddress, arrayAddress, strict, rows, targets), (Object) targets);
  }

  /**
   * As {@link #predictArrow(long, long, int, OutputBuffer...)}, and says what there is to say about
   * each row.
   *
   * @param schemaAddress address of a {@code struct ArrowSchema}
   * @param arrayAddress address of its {@code struct ArrowArray}
   * @param rows number of rows: the array's length, for which notes and targets have room
   * @param notes receives what there is to say about each row
   * @param targets where the outputs asked for go; those of rows in error are not defined
   * @throws InputException of the lowest row that is refused, if the notes have no room for errors;
   *     if a child is missing or of a type that its feature does not take, or if the array has
   *     another number of rows
   * @throws FormatException if the model of a node cannot be loaded, if the notes have no room for
   *     errors
   * @throws UsageException if an address is 0 or not a multiple of 8, or a buffer cannot be used
   * @throws ClosedException if this was closed
   */
  public void predictArrow(
      long schemaAddress, long arrayAddress, int rows, RowNotes notes, OutputBuffer... targets) {
    ArrowCall call = new ArrowCall(schemaAddress, arrayAddress, strict, rows, targets);
    run(call.withNotes(notes), notes, targets);
  }

  /**
   * This predictor for the rows of one key, which then need not hold it.
   *
   * @param key a value per level of {@link Schema#keys()}, of any type that the level's feature
   *     takes (docs/TYPES.md); null is missing, and so are further levels if there are fewer values
   * @return what predicts with the key; good as long as this is open
   * @throws UsageException if there are more values than levels
   * @throws InputException if a level's feature does not take its value
   * @throws ClosedException if this was closed
   */
  public KeyedPredictor withKey(Object... key) {
    return new KeyedPredictor(this, rows, new KeyCells(schema, encoder, key));
  }

  /**
   * All partition nodes, pruned ones too: each before its descendants, values of one level in their
   * natural order. A model without partitions has the root alone. The nodes are described as the
   * stream comes to them, so they may be many.
   *
   * @return a stream that throws {@link ClosedException} once this is closed
   * @throws FormatException if what the bundle says about its nodes cannot be read
   * @throws ClosedException if this was closed
   */
  public Stream<PartitionNode> nodes() {
    return nodes.all();
  }

  /**
   * The partition node of a key, pruned or not.
   *
   * @param key a value per level, as for {@link #withKey}; fewer for an inner node, none for the
   *     root
   * @return the node, or empty if there is none of exactly this key
   * @throws UsageException if there are more values than levels
   * @throws InputException if a level's feature does not take its value
   * @throws FormatException if what the bundle says about its nodes cannot be read
   * @throws ClosedException if this was closed
   */
  public Optional<PartitionNode> node(Object... key) {
    return nodes.exact(key);
  }

  /**
   * The partition node that answers for a key, and why. Nothing is loaded.
   *
   * @param key a value per level, as for {@link #withKey}
   * @return the node of the key, or the nearest ancestor that is there and not pruned
   * @throws UsageException if there are more values than levels
   * @throws InputException if a level's feature does not take its value
   * @throws FormatException if what the bundle says about its nodes cannot be read
   * @throws ClosedException if this was closed
   */
  public NodeMatch find(Object... key) {
    return nodes.find(key);
  }

  /**
   * The path of a node that a batch named.
   *
   * @param number {@link PartitionNode#number()}, such as {@link RowNotes#node} gives
   * @return such as {@code PL/Warsaw}; {@code /} for the root
   * @throws UsageException if there is no such node
   * @throws ClosedException if this was closed
   */
  public String nodePath(long number) {
    return nodes.path(number);
  }

  /**
   * What the partition nodes were measured by.
   *
   * @return the metric, or empty if nothing is known about the nodes
   * @throws FormatException if what the bundle says about its nodes cannot be read
   * @throws ClosedException if this was closed
   */
  public Optional<NodeMetric> nodeMetric() {
    return nodes.metric();
  }

  /**
   * Loads the models that answer for keys now, instead of when they are first used. Nodes that fail
   * do not keep others from being loaded.
   *
   * @param keys a list of values per key, as for {@link #withKey}
   * @throws UsageException if a key has more values than there are levels
   * @throws InputException if a level's feature does not take its value
   * @throws FormatException of the first node whose model cannot be loaded; {@link
   *     ModelpackException#node()} names it
   * @throws IoException likewise, if the file cannot be read
   * @throws ClosedException if this was closed
   */
  public void preload(List<?>... keys) {
    nodes.preload(keys);
  }

  /**
   * Loads as many models as fit into {@link PredictorOptions#cacheBytes()}. Nodes that fail do not
   * keep others from being loaded.
   *
   * @throws FormatException of the first node whose model cannot be loaded; {@link
   *     ModelpackException#node()} names it
   * @throws IoException likewise, if the file cannot be read
   * @throws ClosedException if this was closed
   */
  public void preloadAll() {
    nodes.preloadAll();
  }

  /**
   * What happened to a partition node so far, for monitoring.
   *
   * @param node a node of this predictor's bundle
   * @return counts since this predictor was made
   * @throws UsageException if it is a node of another bundle
   * @throws ClosedException if this was closed
   */
  public NodeStats nodeStats(PartitionNode node) {
    return nodes.stats(node);
  }

  /**
   * The models of partition nodes in memory, for monitoring.
   *
   * @return counts since this predictor was made, and what is loaded now
   * @throws ClosedException if this was closed
   */
  public CacheStats cacheStats() {
    return nodes.cacheStats();
  }

  /**
   * What this predictor takes and answers.
   *
   * @return the bundle's schema
   */
  public Schema schema() {
    return schema;
  }

  /**
   * The bundle that answers.
   *
   * @return {@link Bundle#identity()}
   */
  public String identity() {
    return identity;
  }

  /**
   * What was seen so far, for monitoring.
   *
   * @return counts by feature name, in schema order
   */
  public Map<String, FeatureStats> stats() {
    int call = handle.enter();
    try {
      long[] counts = Native.predictorStats(handle.pointer());
      Map<String, FeatureStats> stats = new LinkedHashMap<>();
      int next = 0;
      for (Feature feature : schema.features()) {
        stats.put(
            feature.name(),
            new FeatureStats(
                counts[next++], counts[next++], counts[next++], counts[next++], counts[next++]));
      }
      return stats;
    } finally {
      handle.exit(call);
    }
  }

  /**
   * The engine that runs the model.
   *
   * @return such as {@code native}
   */
  public String engine() {
    int call = handle.enter();
    try {
      return new String(Native.predictorEngine(handle.pointer()), StandardCharsets.UTF_8);
    } finally {
      handle.exit(call);
    }
  }

  /**
   * The plan: its steps, and why each rewrite gives the same bits.
   *
   * @return text of many lines
   */
  public String plan() {
    int call = handle.enter();
    try {
      return new String(Native.predictorPlan(handle.pointer()), StandardCharsets.UTF_8);
    } finally {
      handle.exit(call);
    }
  }

  /**
   * Closes at once: calls in flight finish, and the last one frees the memory. A second call does
   * nothing.
   */
  @Override
  public void close() {
    handle.close();
  }

  /**
   * Closes, then waits for the calls in flight.
   *
   * @param timeout how long to wait
   * @return whether all calls finished and the memory is free; if not, the last call will free it
   * @throws InterruptedException if the waiting thread is interrupted; this is closed all the same
   */
  public boolean closeAndWait(Duration timeout) throws InterruptedException {
    return handle.closeAndWait(timeout);
  }

  boolean strict() {
    return strict;
  }

  /** {@code owners} hold the memory that the call points into. */
  void run(Batch batch, Object... owners) {
    int call = handle.enter();
    try {
      batch.run(handle.pointer(), schema);
    } finally {
      handle.exit(call);
      Reference.reachabilityFence(owners);
    }
  }
}
