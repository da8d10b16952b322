"""The platforms that the Java package is published for; as a program it names the one of this machine.

Only the standard library: `make jar` asks before anything is installed.
"""

from __future__ import annotations

import platform
from dataclasses import dataclass

GLIBC = "2.17"
MACOS = "11.0"


@dataclass(frozen=True)
class Platform:
    """As dev.modelpack.Platform names it, and as Rust does."""

    name: str
    triple: str
    file: str

    @property
    def target(self) -> str:
        """What cargo-zigbuild is asked for."""
        return f"{self.triple}.{GLIBC}" if self.name.startswith("linux") else self.triple


PLATFORMS = (
    Platform("linux-x86_64", "x86_64-unknown-linux-gnu", "libmodelpack_jni.so"),
    Platform("linux-aarch64", "aarch64-unknown-linux-gnu", "libmodelpack_jni.so"),
    Platform("macos-x86_64", "x86_64-apple-darwin", "libmodelpack_jni.dylib"),
    Platform("macos-aarch64", "aarch64-apple-darwin", "libmodelpack_jni.dylib"),
    Platform("windows-x86_64", "x86_64-pc-windows-gnu", "modelpack_jni.dll"),
)


def host() -> str:
    system = {"darwin": "macos"}.get(platform.system().lower(), platform.system().lower())
    machine = platform.machine().lower()
    return f"{system}-{ {'amd64': 'x86_64', 'arm64': 'aarch64'}.get(machine, machine) }"


if __name__ == "__main__":
    print(host())
