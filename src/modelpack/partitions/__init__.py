"""Partitioned models: one model per key, such as a country and a city, with the parent's as the way back."""

from modelpack.partitions.estimator import PartitionedModel
from modelpack.partitions.node import Node

__all__ = ["Node", "PartitionedModel"]
