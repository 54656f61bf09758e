"""What is installed is what was meant: data and assets are in the wheel, tests and benches are not."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_wheel_holds_the_house_and_nothing_else(tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", str(ROOT), str(tmp_path / "clone")], check=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(tmp_path / "clone")],
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {
        "config",
        "stream",
        "alerts",
        "tocsin",
    }
    tracked = subprocess.run(["git", "ls-files"], cwd=tmp_path / "clone", check=True, capture_output=True, text=True)
    wanted = {
        name
        for name in tracked.stdout.splitlines()
        if name.startswith(("config/", "stream/", "alerts/", "tocsin/")) and not name.endswith((".md",))
    }
    assert wanted - set(names) == set()
