"""The forest of a program as a Treelite model: what it becomes, and how near Treelite's answers are."""

from modelpack.engines.treelite.writing import TreeliteReport, emit_treelite

__all__ = ["TreeliteReport", "emit_treelite"]
