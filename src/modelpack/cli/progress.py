"""A progress bar on a terminal; nothing where the output goes elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TextIO

WIDTH = 30
INTERVAL_SECONDS = 0.1


class Progress:
    """Shows how far a long command is, with its speed.

    Parameters
    ----------
    noun : str
        What is counted, in the plural: `rows`.
    shown : bool
        False: say nothing.
    stream : text stream
        Standard error by default; nothing is written unless it is a terminal.
    """

    def __init__(self, noun: str, *, shown: bool = True, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._noun = noun
        self._shown = shown and self._stream.isatty()
        self._start = time.monotonic()
        self._last = 0.0
        self._written = 0

    def update(self, count: int, share: float | None) -> None:
        """`count` are done; `share` of the whole (0 to 1) where it is known."""
        now = time.monotonic()
        if not self._shown or now - self._last < INTERVAL_SECONDS:
            return
        self._last = now
        speed = count / max(now - self._start, 1e-9)
        bar = ""
        if share is not None:
            full = round(min(share, 1.0) * WIDTH)
            bar = f"{'█' * full}{'░' * (WIDTH - full)} {min(share, 1.0):4.0%}  "
        self._write(f"{bar}{count:,} {self._noun}  {speed:,.0f}/s")

    def clear(self) -> None:
        if self._shown and self._written:
            self._write("")
            self._stream.write("\r")
            self._stream.flush()

    def _write(self, text: str) -> None:
        self._stream.write("\r" + text + " " * max(self._written - len(text), 0))
        self._stream.flush()
        self._written = len(text)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()
