"""The jars' native libraries: one list of platforms, and an inspection that finds what is wrong."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
sys.path.append(str(TOOLS))

from native_platforms import PLATFORMS  # noqa: E402

IN_THE_JAR = "linux-x86_64"


def test_the_build_and_the_documentation_have_the_platforms_of_the_tools():
    names = {platform.name for platform in PLATFORMS} - {IN_THE_JAR}
    pom = (ROOT / "java-bindings" / "modelpack" / "pom.xml").read_text(encoding="utf-8")
    published = re.search(r"<modelpack.natives.published>(.*?)</", pom)
    assert published is not None and set(published[1].split()) == names
    assert set(re.findall(r"<classifier>natives-(.*?)</classifier>", pom)) == names
    assert set(re.findall(r'<natives platform="(.*?)"', pom)) == names
    readme = (ROOT / "java-bindings" / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"natives-([\w-]+)\.jar", readme)) == names


def inspect(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TOOLS / "native_facts.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True)


def test_a_library_that_java_cannot_use_is_refused():
    pytest.importorskip("lief")
    library = ROOT / "native" / "target" / "release" / "libmodelpack.so"
    ran = inspect("linux-x86_64", str(library))
    assert ran.returncode == 1
    assert "lacks Java_dev_modelpack_Native_" in ran.stderr
    assert "is for ARCH.X86_64" in inspect("linux-aarch64", str(library)).stderr


def jar(path: Path, time=(2026, 1, 1, 0, 0, 0), names=("a/A.class", "a/B.class"), module="a") -> Path:
    facts = {"Automatic-Module-Name": module, "Implementation-Title": "t", "Implementation-Version": "1"}
    lines = "".join(f"{name}: {value}\r\n" for name, value in {**facts, "Implementation-Vendor": "v"}.items())
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in [
            ("META-INF/MANIFEST.MF", lines),
            ("META-INF/LICENSE", ""),
            *((name, "") for name in names),
        ]:
            archive.writestr(zipfile.ZipInfo(name, time), content)
    return path


def check(*jars: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(TOOLS / "check_jars.py"), *map(str, jars)], capture_output=True, text=True
    )


def test_what_would_make_jars_differ_or_clash_is_named(tmp_path):
    good = jar(tmp_path / "good.jar")
    assert check(good).returncode == 0
    assert check().returncode == 2
    faults = {
        "has the time": jar(tmp_path / "time.jar", time=(2026, 2, 1, 0, 0, 0)),
        "in no fixed order": jar(tmp_path / "order.jar", names=("a/B.class", "a/A.class")),
        "stands twice": jar(tmp_path / "twice.jar", names=("a/A.class", "a/A.class")),
        "holds nothing": jar(tmp_path / "empty.jar", names=()),
        "no Automatic-Module-Name": jar(tmp_path / "module.jar", module=""),
    }
    for fault, path in faults.items():
        ran = check(path)
        assert ran.returncode == 1 and fault in ran.stdout, ran.stdout
    clash = check(good, jar(tmp_path / "other.jar", module="b")).stdout
    assert clash.strip() == "a stands in good.jar and other.jar"
    with zipfile.ZipFile(good, "a") as archive:
        archive.writestr(zipfile.ZipInfo("a/C.class", (2026, 1, 1, 0, 0, 0)), f"{ROOT}/src")
    assert "a/C.class names the folder" in check(good).stdout
