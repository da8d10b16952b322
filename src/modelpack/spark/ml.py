"""`ModelpackTransformer`: a bundle as a stage of Spark ML's pipelines, from Python.

It wraps the JVM's ``dev.modelpack.spark.ModelpackTransformer``, so the jar ``modelpack-spark…-all.jar`` has to be on
Spark's class path (``spark.jars``). Without a jar, and on Spark Connect, use `modelpack.spark.predict`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from typing import Any

from py4j.java_gateway import JavaPackage
from pyspark import SparkContext
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.param.shared import HasPredictionCol, HasProbabilityCol, HasRawPredictionCol
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaTransformer

from modelpack.errors import UsageError
from modelpack.trust import UNSIGNED_ONNX, Trust, Unsigned, resolved

__all__ = ["ModelpackTransformer"]

_JAVA_PACKAGE = "dev.modelpack.spark"

# Spark looks for the Python class of a pipeline's stage in the module that bears the name of its Java package.
sys.modules.setdefault(_JAVA_PACKAGE, sys.modules[__name__])


class _Reader(JavaMLReader):  # type: ignore[type-arg]
    @classmethod
    def _java_loader_class(cls, clazz: type) -> str:
        return f"{_JAVA_PACKAGE}.{clazz.__name__}"


class ModelpackTransformer(
    JavaTransformer,
    HasPredictionCol,
    HasProbabilityCol,
    HasRawPredictionCol,
    JavaMLReadable["ModelpackTransformer"],
    JavaMLWritable,
):
    """Adds a bundle's answers to a data frame, in the columns that Spark's evaluators read.

    Parameters
    ----------
    bundle : path or URI, optional
        Of the bundle, on the driver or on a file system that Hadoop knows.
    name, minVersion, identity : str, optional
        What is expected of it, as for `modelpack.load`.
    engine : str, optional
        The engine that runs the model, which the policy must permit.
    trust : path, TrustPolicy, text, UNSIGNED or UNSIGNED_ONNX, optional
        Who may have made it; by default the policy of the user (`modelpack.TrustPolicy.default`). It is not saved:
        a stage that was loaded has the default again.
    predictionCol, probabilityCol, rawPredictionCol : str
        Names of the columns added; an empty one is not added. The prediction is a double: the value, or the class
        where classes are numbers, else the class's index (`IndexToString` gives the text).
    featureCols : names, optional
        A column for each feature, in the order of the bundle's schema; by default those that bear the features' names.
    handleInvalid : "error", "keep" or "skip"
        What becomes of a row that is refused: it fails the task, has nulls, or is left out.

    Raises
    ------
    UsageError
        The jar is not on the class path.

    Examples
    --------
    >>> eta = ModelpackTransformer("eta-1.4.0.mpk", trust="trust.json")  # doctest: +SKIP
    >>> RegressionEvaluator(labelCol="delay").evaluate(eta.transform(rides))  # doctest: +SKIP
    """

    bundle: Param[str] = Param(Params._dummy(), "bundle", "path of the bundle", TypeConverters.toString)
    name: Param[str] = Param(Params._dummy(), "name", "name that the bundle must have", TypeConverters.toString)
    minVersion: Param[str] = Param(Params._dummy(), "minVersion", "lowest version accepted", TypeConverters.toString)
    identity: Param[str] = Param(Params._dummy(), "identity", "the one bundle accepted", TypeConverters.toString)
    engine: Param[str] = Param(Params._dummy(), "engine", "engine that runs the model", TypeConverters.toString)
    featureCols: Param[list[str]] = Param(
        Params._dummy(), "featureCols", "a column for each feature, in schema order", TypeConverters.toListString
    )
    handleInvalid: Param[str] = Param(
        Params._dummy(), "handleInvalid", "what becomes of refused rows: error, keep or skip", TypeConverters.toString
    )

    def __init__(
        self,
        bundle: str | os.PathLike[str] | None = None,
        *,
        trust: Trust = None,
        name: str | None = None,
        minVersion: str | None = None,
        identity: str | None = None,
        engine: str | None = None,
        predictionCol: str | None = None,
        probabilityCol: str | None = None,
        rawPredictionCol: str | None = None,
        featureCols: Sequence[str] | None = None,
        handleInvalid: str | None = None,
    ) -> None:
        super().__init__()
        self._java_obj: Any = _java_class()(self.uid)
        self._setDefault(
            predictionCol="prediction",
            probabilityCol="probability",
            rawPredictionCol="rawPrediction",
            handleInvalid="error",
        )
        given = {
            "bundle": None if bundle is None else _place(bundle),
            "name": name,
            "minVersion": minVersion,
            "identity": identity,
            "engine": engine,
            "predictionCol": predictionCol,
            "probabilityCol": probabilityCol,
            "rawPredictionCol": rawPredictionCol,
            "featureCols": None if featureCols is None else list(featureCols),
            "handleInvalid": handleInvalid,
        }
        self._set(**{name: value for name, value in given.items() if value is not None})
        if trust is not None:
            self.setTrust(trust)

    def setTrust(self, trust: Trust) -> ModelpackTransformer:
        """Says who may have made the bundle."""
        self._java_obj.setTrust(_java_policy(trust))
        return self

    def setBundle(self, path: str | os.PathLike[str]) -> ModelpackTransformer:
        """Sets the bundle's path."""
        return self._changed(bundle=_place(path))

    def setName(self, expected: str) -> ModelpackTransformer:
        """Names the model that is expected."""
        return self._changed(name=expected)

    def setMinVersion(self, lowest: str) -> ModelpackTransformer:
        """Sets the lowest version accepted."""
        return self._changed(minVersion=lowest)

    def setIdentity(self, expected: str) -> ModelpackTransformer:
        """Sets the one bundle accepted."""
        return self._changed(identity=expected)

    def setEngine(self, wanted: str) -> ModelpackTransformer:
        """Names the engine, which the policy must permit."""
        return self._changed(engine=wanted)

    def setPredictionCol(self, name: str) -> ModelpackTransformer:
        """Names the column of the prediction; empty: none."""
        return self._changed(predictionCol=name)

    def setProbabilityCol(self, name: str) -> ModelpackTransformer:
        """Names the column of the probabilities; empty: none."""
        return self._changed(probabilityCol=name)

    def setRawPredictionCol(self, name: str) -> ModelpackTransformer:
        """Names the column of the margins; empty: none."""
        return self._changed(rawPredictionCol=name)

    def setFeatureCols(self, names: Sequence[str]) -> ModelpackTransformer:
        """Names a column for each feature, in schema order."""
        return self._changed(featureCols=list(names))

    def setHandleInvalid(self, how: str) -> ModelpackTransformer:
        """Says what becomes of refused rows: error, keep or skip."""
        return self._changed(handleInvalid=how)

    @classmethod
    def read(cls) -> JavaMLReader[ModelpackTransformer]:
        """Reads what `write` saved; the bundle is in it, the trust is not."""
        return _Reader(cls)

    def _changed(self, **values: Any) -> ModelpackTransformer:
        self._set(**values)
        return self


def _place(path: str | os.PathLike[str]) -> str:
    """Absolute, as the JVM may have been started elsewhere; a URI as it is."""
    text = os.fspath(path)
    return text if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", text) else os.path.abspath(text)


def _jvm() -> Any:
    context = SparkContext._active_spark_context
    if context is None:
        raise UsageError(
            "no Spark session is active", hint="make one first; on Spark Connect use modelpack.spark.predict"
        )
    return context._jvm


def _java_class() -> Any:
    found = _jvm().dev.modelpack.spark.ModelpackTransformer
    if isinstance(found, JavaPackage):
        raise UsageError(
            "no jar of modelpack is on Spark's class path",
            hint="set spark.jars to modelpack-spark4_2.13-VERSION-all.jar before the session is made",
        )
    return found


def _java_policy(trust: Trust) -> Any:
    known = resolved(trust)  # raises what is wrong with it
    policies = _jvm().dev.modelpack.TrustPolicy
    if isinstance(known, Unsigned):
        return policies.UNSIGNED_WITH_ONNX if known is UNSIGNED_ONNX else policies.UNSIGNED
    if known.kind == "user":
        return policies.ofUser()
    if known.location is not None:
        return policies.load(_jvm().java.io.File(known.location).toPath())
    if isinstance(trust, (str, bytes)):
        return policies.of(trust)
    raise UsageError("a policy made in code is not handed to the JVM", hint="give the path of its file, or its text")
