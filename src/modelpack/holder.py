"""Predicting with the newest good bundle at a path."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, NamedTuple

from modelpack.bundle import Bundle
from modelpack.bundle_files import BundleFiles
from modelpack.errors import ClosedError, IoError, ModelpackError, NotFoundError
from modelpack.leased_predictor import LeasedPredictor
from modelpack.prediction import Prediction
from modelpack.predictor import Predictor
from modelpack.trust import Trust, resolved

__all__ = ["BundleHolder", "HeldBundle"]

_LOGGER = logging.getLogger("modelpack.holder")


class HeldBundle(NamedTuple):
    """A bundle that a holder uses or used."""

    path: str
    name: str
    version: str
    identity: str

    @classmethod
    def of(cls, bundle: Bundle) -> HeldBundle:
        return cls(bundle.path or "", bundle.name, bundle.version, bundle.identity)


class BundleHolder:
    """Predicts with the newest good bundle at a path, and swaps it for its successor while calls go on.

    A thread looks at the path from time to time, also behind symbolic links. A bundle that appears is verified under
    the policy and the expectations, must be a successor of the one in use (`Bundle.check_successor`), and must
    reproduce its golden rows; then new calls get it, and the old one is closed after the last call that uses it.
    Whatever is refused, or deleted, changes nothing: `last_error` and `on_refused` say why. Safe to share between
    threads; a process that forks makes its holders after the fork.

    Parameters
    ----------
    path
        A file, or a folder whose ``.mpk`` file of the expected name with the highest version counts.
    trust
        As for `modelpack.load`.
    name
        The name expected; bundles of other names are never taken.
    min_version
        The lowest version accepted, also at the start.
    allow_rollback : bool
        Follow also to a lower version, and to another build of the same version.
    poll_seconds : float
        How often to look; 0: only when `poll` is called.
    on_swapped : callable(before: HeldBundle, now: HeldBundle), optional
    on_refused : callable(path: str, error: ModelpackError), optional
        Called on the thread that polls, once for each reason. What they raise is logged and changes nothing.
    **options
        ``engine``, ``threads``, ``cache_bytes`` and ``onnxruntime`` of each predictor, as for `modelpack.load`.

    Raises
    ------
    ModelpackError
        There is no good bundle now; as `modelpack.load` raises it.

    Examples
    --------
    >>> with modelpack.BundleHolder("/models", "trust.json", name="eta") as holder:  # doctest: +SKIP
    ...     holder.predict_one({"hour": 17, "carrier": "AA"}).value
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        trust: Trust = None,
        *,
        name: str,
        min_version: str | None = None,
        allow_rollback: bool = False,
        poll_seconds: float = 5.0,
        on_swapped: Callable[[HeldBundle, HeldBundle], object] | None = None,
        on_refused: Callable[[str, ModelpackError], object] | None = None,
        **options: Any,
    ) -> None:
        self._path = os.path.abspath(os.fsdecode(path))
        self._name, self._allow_rollback, self._options = name, allow_rollback, options
        self._files = BundleFiles(self._path, resolved(trust), name, min_version)
        self._on_swapped, self._on_refused = on_swapped, on_refused
        self._polling = threading.RLock()
        self._closed = threading.Event()
        self._told: frozenset[str] = frozenset()
        self._last_error: ModelpackError | None = None
        self._current: LeasedPredictor | None = None
        self.poll()
        if self._current is None:
            raise self._last_error or NotFoundError(f"{self._path} holds no bundle named {name!r:.64}")
        if poll_seconds > 0:
            threading.Thread(target=self._follow, args=(poll_seconds,), name="modelpack-holder", daemon=True).start()

    def __repr__(self) -> str:
        state = "closed" if self._closed.is_set() else self.bundle.version
        return f"<modelpack.BundleHolder of {self._name} at {self._path} ({state})>"

    # ---- predicting ----

    def predict(self, X: Any, **arguments: Any) -> Any:
        """As `Predictor.predict`."""
        with self.predictor() as predictor:
            return predictor.predict(X, **arguments)

    def predict_proba(self, X: Any, **arguments: Any) -> Any:
        """As `Predictor.predict_proba`."""
        with self.predictor() as predictor:
            return predictor.predict_proba(X, **arguments)

    def predict_one(self, row: Mapping[str, Any] | Sequence[Any], **arguments: Any) -> Prediction:
        """As `Predictor.predict_one`."""
        with self.predictor() as predictor:
            return predictor.predict_one(row, **arguments)

    @contextmanager
    def predictor(self) -> Iterator[Predictor]:
        """The predictor in use, which stays open within the ``with``, whatever is swapped meanwhile.

        What is made for it (prepared rows, cells) belongs within: the next call may get another one.

        Raises
        ------
        ClosedError
            This holder was closed.
        """
        leased = self._lease()
        try:
            yield leased.predictor
        finally:
            leased.leave()

    def _lease(self) -> LeasedPredictor:
        while True:
            leased = self._held
            if leased.enter():
                return leased
            if leased is self._current:  # no swap retired it, but `close`
                raise self._closed_error()

    # ---- following ----

    @property
    def bundle(self) -> HeldBundle:
        """The bundle that answers calls which begin now."""
        return HeldBundle.of(self._held.predictor.bundle)

    @property
    def last_error(self) -> ModelpackError | None:
        """The last refusal; None if the last reading of the path found nothing to refuse."""
        return self._last_error

    def poll(self) -> bool:
        """Looks now; whether another bundle answers from now on.

        Raises
        ------
        ClosedError
            This holder was closed.
        """
        with self._polling:
            if self._closed.is_set():
                raise self._closed_error()
            if not self._files.changed():
                return False
            found: list[tuple[str, ModelpackError]] = []
            before = self._current
            best = self._files.best(lambda path, error: found.append((path, error)))
            swapped = best is not None and self._take(best, found)
            self._last_error = found[-1][1] if found else None
            self._tell_refused(found)
            if swapped and before is not None and self._on_swapped is not None:
                _tell(self._on_swapped, HeldBundle.of(before.predictor.bundle), self.bundle)
            return swapped

    def _take(self, bundle: Bundle, found: list[tuple[str, ModelpackError]]) -> bool:
        """Whether the bundle takes over; where it may not, the reason is added to `found`."""
        old = self._current
        try:
            if old is not None:
                held = old.predictor.bundle
                if held.identity == bundle.identity:
                    return False
                held.check_successor(bundle, allow_rollback=self._allow_rollback)
            self._current = LeasedPredictor(bundle.predictor(**self._options))
        except ModelpackError as error:
            found.append((bundle.path or self._path, error))
            return False
        if old is not None:
            old.retire()
        return True

    def _tell_refused(self, found: list[tuple[str, ModelpackError]]) -> None:
        told, self._told = self._told, frozenset(f"{path}: {error}" for path, error in found)
        for path, error in found:
            if isinstance(error, IoError):
                self._files.forget()  # it may pass without the file changing
            if self._on_refused is not None and f"{path}: {error}" not in told:
                _tell(self._on_refused, path, error)

    def _follow(self, seconds: float) -> None:
        while not self._closed.wait(seconds):
            try:
                self.poll()
            except ClosedError:
                return
            except Exception:  # such as no memory: the next look may do better
                _LOGGER.exception("looking at %s failed", self._path)

    # ---- closing ----

    def close(self) -> None:
        """Closes at once; calls in flight finish. A second call does nothing."""
        with self._polling:
            self._closed.set()
            self._held.retire()

    def close_and_wait(self, timeout: float | None = None) -> bool:
        """Closes, then waits for the calls in flight; whether the model was freed within `timeout` seconds."""
        self.close()
        return self._held.wait(timeout)

    def __enter__(self) -> BundleHolder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _held(self) -> LeasedPredictor:
        held = self._current
        if held is None:
            raise self._closed_error()
        return held

    def _closed_error(self) -> ClosedError:
        return ClosedError(f"the holder of {self._path} was closed")


def _tell(callback: Callable[..., object], *arguments: object) -> None:
    try:
        callback(*arguments)
    except Exception:
        _LOGGER.exception("a callback of a holder failed")
