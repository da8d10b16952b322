"""What this program's Python workers and its JVM take while a job runs: resident memory, and time of processors."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

POINTS = 5
INTERVAL = 0.5
PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    command: str
    parent: int
    resident_bytes: int
    cpu_seconds: float

    @property
    def is_worker(self) -> bool:
        return "pyspark.daemon" in self.command or "pyspark.worker" in self.command

    @property
    def is_jvm(self) -> bool:
        return "java" in self.command.split("\0")[0]


class Watch:
    """Looks twice a second: ``with Watch() as watch: …``, then `memory` and `cpu_seconds`."""

    def __init__(self) -> None:
        self._seen: list[dict[int, Process]] = []
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def memory(self) -> str:
        """The largest worker and the JVM, in MB, at points evenly spread over the time."""
        chosen = [self._seen[point * (len(self._seen) - 1) // (POINTS - 1)] for point in range(POINTS)]
        workers = [max((one.resident_bytes for one in seen.values() if one.is_worker), default=0) for seen in chosen]
        jvms = [max((one.resident_bytes for one in seen.values() if one.is_jvm), default=0) for seen in chosen]
        return f"worker {_megabytes(workers)}   JVM {_megabytes(jvms)}"

    def cpu_seconds(self) -> float:
        """Of all processes; what one took between the last look and its end is not seen."""
        before, last = self._seen[0], {number: one for seen in self._seen for number, one in seen.items()}
        start = sum(one.cpu_seconds for one in before.values())
        return sum(one.cpu_seconds for one in last.values()) - start

    def _look(self) -> None:
        waiting = True
        while waiting:
            self._seen.append(descendants(os.getpid()))
            waiting = not self._done.wait(INTERVAL)
        self._seen.append(descendants(os.getpid()))


def descendants(root: int) -> dict[int, Process]:
    """All processes below `root`, by their numbers."""
    processes = {int(entry.name): found for entry in Path("/proc").glob("[0-9]*") if (found := _process(entry))}
    below = {root}
    while more := {number for number, one in processes.items() if one.parent in below} - below:
        below |= more
    return {number: processes[number] for number in below - {root}}


def _process(entry: Path) -> Process | None:
    try:
        command = (entry / "cmdline").read_text()
        stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:  # it has ended
        return None
    return Process(command, int(stat[1]), int(stat[21]) * PAGE, (int(stat[11]) + int(stat[12])) / TICKS)


def _megabytes(sizes: list[int]) -> str:
    return " ".join(f"{size / 1e6:.0f}" for size in sizes) + " MB"
