package dev.modelpack;

/**
 * The partition node that answers for a key.
 *
 * @param node the node
 * @param reason why it does
 */
public record NodeMatch(PartitionNode node, Reason reason) {}
