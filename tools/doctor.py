"""Says what this machine lacks for building modelpack, and how to get it.

    python3 tools/doctor.py          exit 1 where something required is missing
    python3 tools/doctor.py --java   exit 1, with the reason on stderr, where the Java part cannot be built
    python3 tools/doctor.py --newest the newest Python found besides this one, or nothing
    python3 tools/doctor.py --newest-java   the home of the newest JDK found besides the one in use, or nothing

Only the standard library, any Python 3: this runs before anything is installed.
"""

import os
import re
import shutil
import subprocess
import sys

PYTHON_MINIMUM = (3, 10)
JDK_MINIMUM = 17


def output(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    except OSError:
        return ""
    return done.stdout.decode("utf-8", "replace")


def required():
    if sys.version_info < PYTHON_MINIMUM:
        found = f"{sys.version_info[0]}.{sys.version_info[1]}"
        yield f"Python {found} is too old: install 3.10 or newer and call make PYTHON=/path/to/python3"
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        yield "Python's venv module is missing: on Debian and Ubuntu, apt-get install python3-venv"
    if not shutil.which("cargo"):
        yield "Rust is missing: install 1.85 or newer with rustup (https://rustup.rs)"
    if not (shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")):
        yield "a C compiler is missing: on Debian and Ubuntu, apt-get install gcc"


def java_version(javac):
    """Its feature version; 0 where it is none."""
    found = re.search(r"javac (\d+)", output(javac, "-version"))
    return int(found.group(1)) if found else 0


def java():
    """The reason why the Java part cannot be built, or an empty string."""
    home = os.environ.get("JAVA_HOME")
    javac = os.path.join(home, "bin", "javac") if home else shutil.which("javac")
    if not javac:
        return "no JDK found: install JDK 17 or newer (on Debian, apt-get install openjdk-17-jdk-headless)"
    if java_version(javac) < JDK_MINIMUM:
        return f"{javac} is older than 17: install a newer JDK and set JAVA_HOME to it"
    if not shutil.which("mvn"):
        return "Maven is missing: on Debian, apt-get install maven"
    return ""


def newest_java():
    """Home of the newest JDK that is newer than the one in use, or an empty string."""
    root = "/usr/lib/jvm"
    homes = [os.path.join(root, name) for name in os.listdir(root)] if os.path.isdir(root) else []
    found = [(java_version(os.path.join(home, "bin", "javac")), home) for home in homes]
    used = os.environ.get("JAVA_HOME")
    used = java_version(os.path.join(used, "bin", "javac") if used else "javac")
    version, home = max(found, default=(0, ""))
    return home if version > used else ""


def newest():
    """Path of the newest supported Python that is not this one's version, or an empty string."""
    candidates = []
    roots = os.environ.get("PATH", "").split(os.pathsep)
    pyenv = os.path.expanduser("~/.pyenv/versions")
    if os.path.isdir(pyenv):
        roots += [os.path.join(pyenv, name, "bin") for name in os.listdir(pyenv)]
    for root in roots:
        for minor in range(PYTHON_MINIMUM[1], 20):
            path = os.path.join(root, f"python3.{minor}")
            if os.access(path, os.X_OK) and f"3.{minor}." in output(path, "--version"):
                candidates.append((minor, path))
    if not candidates:
        return ""
    minor, path = max(candidates)
    return path if minor > sys.version_info[1] else ""


def main(arguments):
    if arguments == ["--java"]:
        reason = java()
        if reason:
            sys.stderr.write(f"Java part skipped: {reason}\n")
        return 1 if reason else 0
    if arguments == ["--newest"]:
        sys.stdout.write(newest() + "\n")
        return 0
    if arguments == ["--newest-java"]:
        sys.stdout.write(newest_java() + "\n")
        return 0
    missing = list(required())
    for line in missing:
        sys.stderr.write(f"modelpack cannot be built here: {line}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
