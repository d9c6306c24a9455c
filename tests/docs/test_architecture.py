"""``docs/architecture.md`` names packages and functions that exist, and its example runs."""

from __future__ import annotations

import doctest
import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
PACKAGES = re.compile(r"^\| ((?:`\w+` ?)+)\|", re.MULTILINE)
FUNCTION = re.compile(r"`(topogen\.[\w.]+)`")


def test_the_packages_are_those_of_the_import_contract() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    layers = [layer.replace(":", "").split() for layer in contract["layers"]]
    folders = {path.name for path in (ROOT / "topogen").iterdir() if (path / "__init__.py").exists()}
    expected = [name for layer in layers for name in layer if name in folders]
    shown = [name for row in PACKAGES.findall(PAGE.read_text()) for name in re.findall(r"\w+", row)]
    assert shown == expected


def test_every_function_of_the_page_exists() -> None:
    for name in FUNCTION.findall(PAGE.read_text()):
        module, _, function = name.rpartition(".")
        assert hasattr(import_module(module), function), name


def test_the_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(
        str(PAGE), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert tried
    assert not failed
