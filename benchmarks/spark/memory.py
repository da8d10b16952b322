"""Resident memory of this program's Python workers and its JVM while a job runs."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType

POINTS = 5
INTERVAL = 0.5
PAGE = os.sysconf("SC_PAGE_SIZE")


class Memory:
    """Looks twice a second: ``with Memory() as memory: …``, then `told`."""

    def __init__(self) -> None:
        self._seen: list[tuple[int, int]] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def told(self) -> str:
        """The largest worker and the JVM, in MB, at points evenly spread over the job."""
        chosen = [self._seen[point * (len(self._seen) - 1) // (POINTS - 1)] for point in range(POINTS)]
        workers, jvms = zip(*chosen, strict=True)
        return f"worker {_megabytes(workers)}   JVM {_megabytes(jvms)}"

    def _watch(self) -> None:
        while True:
            processes = descendants(os.getpid())
            workers = [
                size for command, size in processes if "pyspark.daemon" in command or "pyspark.worker" in command
            ]
            jvms = [size for command, size in processes if "java" in command.split("\0")[0]]
            self._seen.append((max(workers, default=0), max(jvms, default=0)))
            if self._done.wait(INTERVAL):
                return


def descendants(root: int) -> list[tuple[str, int]]:
    """Command line and resident bytes of all processes below `root`."""
    found: list[tuple[str, int]] = []
    below = {root}
    for process, parent in sorted(_parents().items()):
        if parent not in below:
            continue
        below.add(process)
        try:
            command = Path(f"/proc/{process}/cmdline").read_text()
            pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        except OSError:  # it has ended
            continue
        found.append((command, pages * PAGE))
    return found


def _parents() -> dict[int, int]:
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
    return found


def _megabytes(sizes: tuple[int, ...]) -> str:
    return " ".join(f"{size / 1e6:.0f}" for size in sizes) + " MB"
