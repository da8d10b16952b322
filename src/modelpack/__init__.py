"""Trained tabular models as one verified file that answers with the same bits in Python, C, Java and Spark.

>>> packed = modelpack.pack(pipeline, X, name="eta", version="1.0.0", signers="default")  # doctest: +SKIP
>>> predictor = modelpack.load(packed, name="eta")  # doctest: +SKIP
>>> predictor.predict_one({"hour": 17, "carrier": "AA"}).value  # doctest: +SKIP

Predicting needs numpy and cffi only; a framework is imported when a model of it is packed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from modelpack.errors import (
    ClosedError,
    FormatError,
    InputError,
    InternalError,
    IoError,
    MismatchError,
    ModelpackError,
    NotFoundError,
    TrustError,
    UnsupportedModelError,
    UsageError,
)

if TYPE_CHECKING:
    from modelpack.bundle import Bundle
    from modelpack.checking import check
    from modelpack.compiling import compile
    from modelpack.engines.c_source import emit_c
    from modelpack.engines.onnx.emit import emit_onnx, emit_triton
    from modelpack.engines.treelite import TreeliteReport, emit_treelite
    from modelpack.explanation import Explanation
    from modelpack.holder import BundleHolder
    from modelpack.keys import KeyPair, PrivateKey, keygen
    from modelpack.opening import inspect, load, open
    from modelpack.packing import Packed, pack
    from modelpack.partitions import PartitionedModel
    from modelpack.partitions.packing import pack_partitions
    from modelpack.partitions.updating import repartition
    from modelpack.prediction import Prediction
    from modelpack.predictor import Predictor
    from modelpack.record import data_reference
    from modelpack.schema import Classes, Default, Feature, Output, Schema
    from modelpack.signing import Signer, sign
    from modelpack.trust import UNSIGNED, UNSIGNED_ONNX
    from modelpack.trust_policy import TrustPolicy
    from modelpack.verifying import verify

__all__ = [
    "UNSIGNED",
    "UNSIGNED_ONNX",
    "Bundle",
    "BundleHolder",
    "Classes",
    "ClosedError",
    "Default",
    "Explanation",
    "Feature",
    "FormatError",
    "InputError",
    "InternalError",
    "IoError",
    "KeyPair",
    "MismatchError",
    "ModelpackError",
    "NotFoundError",
    "Output",
    "Packed",
    "PartitionedModel",
    "Prediction",
    "Predictor",
    "PrivateKey",
    "Schema",
    "Signer",
    "TreeliteReport",
    "TrustError",
    "TrustPolicy",
    "UnsupportedModelError",
    "UsageError",
    "__version__",
    "check",
    "compile",
    "data_reference",
    "emit_c",
    "emit_onnx",
    "emit_treelite",
    "emit_triton",
    "inspect",
    "keygen",
    "load",
    "open",
    "pack",
    "pack_partitions",
    "repartition",
    "sign",
    "verify",
]

# Where the rest of the public surface is. It is imported at first use: no one waits for what he does not need.
_PLACES = {
    "UNSIGNED": "modelpack.trust",
    "UNSIGNED_ONNX": "modelpack.trust",
    "Bundle": "modelpack.bundle",
    "BundleHolder": "modelpack.holder",
    "Classes": "modelpack.schema",
    "Default": "modelpack.schema",
    "Explanation": "modelpack.explanation",
    "Feature": "modelpack.schema",
    "KeyPair": "modelpack.keys",
    "Output": "modelpack.schema",
    "Packed": "modelpack.packing",
    "PartitionedModel": "modelpack.partitions",
    "Prediction": "modelpack.prediction",
    "Predictor": "modelpack.predictor",
    "PrivateKey": "modelpack.keys",
    "Schema": "modelpack.schema",
    "Signer": "modelpack.signing",
    "TreeliteReport": "modelpack.engines.treelite",
    "TrustPolicy": "modelpack.trust_policy",
    "check": "modelpack.checking",
    "compile": "modelpack.compiling",
    "data_reference": "modelpack.record",
    "emit_c": "modelpack.engines.c_source",
    "emit_onnx": "modelpack.engines.onnx.emit",
    "emit_triton": "modelpack.engines.onnx.emit",
    "emit_treelite": "modelpack.engines.treelite",
    "inspect": "modelpack.opening",
    "keygen": "modelpack.keys",
    "load": "modelpack.opening",
    "open": "modelpack.opening",
    "pack": "modelpack.packing",
    "pack_partitions": "modelpack.partitions.packing",
    "repartition": "modelpack.partitions.updating",
    "sign": "modelpack.signing",
    "verify": "modelpack.verifying",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from modelpack._core import version

        return version()
    if name == "spark":  # imported where it is used: it needs pyspark
        return import_module("modelpack.spark")
    if name not in _PLACES:
        raise AttributeError(f"module 'modelpack' has no attribute {name!r}")
    found = getattr(import_module(_PLACES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
