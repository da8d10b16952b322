"""Runs compilers within bounds of time and memory."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from modelpack.errors import UnsupportedModelError

__all__ = ["Bounds"]

BUILD_SECONDS = 300.0
BUILD_BYTES = 4 << 30

# What a person needs of a compiler's complaints.
_SHOWN_CHARACTERS = 500


@dataclass(frozen=True)
class Bounds:
    """What a build may take.

    Attributes
    ----------
    seconds : float
        Until all commands have ended, counted from now.
    memory_bytes : int
        For all commands that run at once; not watched on Windows.
    workers : int
        Commands that run at once.
    """

    seconds: float = BUILD_SECONDS
    memory_bytes: int = BUILD_BYTES
    workers: int = field(default_factory=lambda: max(1, min(os.cpu_count() or 1, 4)))
    started: float = field(default_factory=time.monotonic)

    def run(self, commands: Sequence[list[str]], folder: Path, environment: Mapping[str, str]) -> None:
        """Runs commands in a folder, several at once.

        Raises
        ------
        UnsupportedModelError
            One failed, or took too much.
        """
        workers = max(1, min(self.workers, len(commands)))
        with ThreadPoolExecutor(workers) as pool:
            running = [pool.submit(self._run_one, command, folder, environment, workers) for command in commands]
            try:
                for one in running:
                    one.result()
            finally:
                for one in running:
                    one.cancel()

    def _run_one(self, command: list[str], folder: Path, environment: Mapping[str, str], workers: int) -> None:
        left = self.started + self.seconds - time.monotonic()
        process = subprocess.Popen(
            self._limited(command, workers),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=max(left, 0.0))
        except subprocess.TimeoutExpired:
            _end(process)
            raise UnsupportedModelError(
                "compiled", f"compiling takes more than {self.seconds:.0f} s", "the engine native runs any size"
            ) from None
        if process.returncode:
            text = said.decode("utf-8", "replace").strip()[:_SHOWN_CHARACTERS]
            raise UnsupportedModelError("compiled", f"{' '.join(command[:4])} … failed ({process.returncode}): {text}")

    def _limited(self, command: list[str], workers: int) -> list[str]:
        if os.name != "posix":
            return command
        kilobytes = self.memory_bytes // workers // 1024
        return ["sh", "-c", 'ulimit -v "$0" 2>/dev/null; exec "$@"', str(kilobytes), *command]


def _end(process: subprocess.Popen[bytes]) -> None:
    """The compiler and what it has started."""
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
