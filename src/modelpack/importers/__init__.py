"""From a trained model to a program: one importer per framework.

An importer reads the framework's own fitted form and writes operations that answer with the same bits, or refuses by
name what it cannot reproduce. It never guesses.
"""

from __future__ import annotations

from modelpack.importers.frame import Column, Frame, frame_of
from modelpack.importers.imported import Imported, Outputs, import_estimator, import_model

__all__ = ["Column", "Frame", "Imported", "Outputs", "frame_of", "import_estimator", "import_model"]
