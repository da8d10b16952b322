package dev.modelpack;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One node of the tree of partitions: a key, and the model for it unless it is pruned.
 *
 * @param number what stands for the node in batches ({@link RowNotes#node}); 0 is the root. Good
 *     for one bundle only
 * @param path the node as people read it, such as {@code PL/Warsaw}, escaped; {@code /} for the
 *     root
 * @param key a String, Long or Boolean per level of {@link Schema#keys()}; fewer than there are
 *     levels for inner nodes, none for the root
 * @param parent number of the nearest ancestor that is there, pruned or not; empty for the root
 * @param pruned whether an ancestor answers for it
 * @param sizeBytes of its tensors in the bundle; 0 if it is pruned, or without partitions
 * @param rows training rows, if they are known
 * @param metric on its validation rows, if it is known ({@link Predictor#nodeMetric()} names it)
 * @param parentMetric of the parent's model on the same rows, if it is known
 * @param reason why it is pruned or not, if it is known
 */
public record PartitionNode(
    long number,
    String path,
    List<Object> key,
    OptionalLong parent,
    boolean pruned,
    long sizeBytes,
    OptionalLong rows,
    OptionalDouble metric,
    OptionalDouble parentMetric,
    Optional<NodeReason> reason) {}
