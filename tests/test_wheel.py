"""What is installed is whole: everything that is not code travels inside the packages."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parent.parent
PACKAGES = ("app", "portal", "staff")
PARTS = (*PACKAGES, "templates", "static", "pyproject.toml", "setup.py", "MANIFEST.in", "README.md")


def test_the_wheel_holds_every_file_that_the_running_cairn_reads(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, source / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / part, source / part)
    build = f"import setuptools.build_meta as b; b.build_wheel({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(ZipFile(wheel).namelist())
    for part in (*PACKAGES, "templates", "static"):
        home = "" if part in PACKAGES else "app/"
        for path in (source / part).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert home + path.relative_to(source).as_posix() in held
    assert not [name for name in held if not name.startswith(("app/", "portal/", "staff/", "cairn-"))]
