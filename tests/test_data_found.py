"""A wheel, an editable install and a plain checkout find the same shipped data.

The package is built by its build backend in this environment, so the tests need neither pip nor a network.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Runs with -S: site-packages, where topogen may be installed already, are added behind the place under test.
LOOK = """
import json, site, sys
place, packages = sys.argv[1:]
sys.path.insert(0, place)
site.addsitedir(place)
sys.path.append(packages)
from topogen.load import files
folders = [files.PACKAGE, files.topologies_dir(), files.catalog_dir()]
print(json.dumps([*map(str, folders), files.shipped_names()]))
"""


def build(kind: str, folder: Path) -> Path:
    """Return the distribution of that kind, built into ``folder``."""
    code = f"import sys; from hatchling.build import build_{kind} as build; print(build(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return folder / done.stdout.split()[-1]


def unpack(wheel: Path, folder: Path) -> Path:
    """Return the folder that now holds the content of a wheel: what installing it would put there."""
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)  # noqa: S202  (built a moment ago)
    return folder


def look(place: Path, desk: Path) -> tuple[Path, Path, Path, list[str]]:
    """Return package, topologies, catalog and names as seen from ``desk`` by a Python that has ``place``."""
    packages = str(Path(pytest.__file__).parent.parent)
    command = [sys.executable, "-S", "-c", LOOK, str(place), packages]
    done = subprocess.run(command, cwd=desk, check=True, capture_output=True, text=True)
    package, topologies, catalog, names = json.loads(done.stdout)
    return Path(package), Path(topologies), Path(catalog), names


def content(folder: Path) -> dict[str, str]:
    """Return every file of a folder with its digest."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files
    }


@pytest.fixture(scope="module")
def shipped() -> dict[str, dict[str, str]]:
    """Return the files of the checkout that every way of installing must offer."""
    found = {name: content(ROOT / name) for name in ("topologies", "bom_catalog")}
    assert all(found.values())
    return found


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Return an empty folder outside the checkout, to work in."""
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


def assert_same(place: Path, desk: Path, shipped: dict[str, dict[str, str]]) -> Path:
    """Check that the data are found, complete and unchanged; return the folder of the package."""
    package, topologies, catalog, names = look(place, desk)
    assert {"topologies": content(topologies), "bom_catalog": content(catalog)} == shipped
    assert names == sorted(Path(file).stem for file in shipped["topologies"] if file.endswith(".yaml"))
    return package


def test_plain_checkout(desk: Path, shipped: dict[str, dict[str, str]]) -> None:
    assert assert_same(ROOT, desk, shipped) == ROOT / "topogen"


def test_editable_install(tmp_path: Path, desk: Path, shipped: dict[str, dict[str, str]]) -> None:
    place = unpack(build("editable", tmp_path), tmp_path / "site")
    assert assert_same(place, desk, shipped) == ROOT / "topogen"
    assert not (place / "topogen").exists(), "a second copy would go stale"


def test_wheel(tmp_path: Path, desk: Path, shipped: dict[str, dict[str, str]]) -> None:
    place = unpack(build("wheel", tmp_path), tmp_path / "site")
    assert assert_same(place, desk, shipped) == place / "topogen"
    assert (place / "topogen" / "py.typed").is_file()
    tops = {path.name for path in place.iterdir()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"topogen"}


def test_sdist_carries_all(tmp_path: Path, shipped: dict[str, dict[str, str]]) -> None:
    archive = build("sdist", tmp_path)
    with tarfile.open(archive) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    wanted = {f"{folder}/{file}" for folder, files in shipped.items() for file in files}
    wanted |= {
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "constraints.txt",
        "run.py",
        "tests/test_data_found.py",
    }
    assert wanted <= names
