"""A predictor that is closed when the last call that uses it is over."""

from __future__ import annotations

import threading

from modelpack.predictor import Predictor

__all__ = ["LeasedPredictor"]


class LeasedPredictor:
    """Counts those who use a predictor; the last one closes it once it is retired.

    The predictor's own calls need no counting, but what a caller does with several of them does.
    """

    def __init__(self, predictor: Predictor) -> None:
        self.predictor = predictor
        self._lock = threading.Lock()
        self._users = 0
        self._retired = False
        self._idle = threading.Event()

    def enter(self) -> bool:
        """Counts a user in; False: it is retired."""
        with self._lock:
            if self._retired:
                return False
            self._users += 1
            return True

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            last = self._retired and self._users == 0
        if last:
            self._close()

    def retire(self) -> None:
        """Lets nobody in any more."""
        with self._lock:
            self._retired = True
            idle = self._users == 0
        if idle:
            self._close()

    def wait(self, timeout: float | None) -> bool:
        """Whether the model was freed before `timeout` seconds were over."""
        return self._idle.wait(timeout) and self.predictor.close_and_wait(timeout)

    def _close(self) -> None:
        self.predictor.close()
        self.predictor.bundle.close()
        self._idle.set()
