"""Libraries of the extra ``graphs``, or a sentence where one is not installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from topogen.errors import InputError, Problem

if TYPE_CHECKING:
    from types import ModuleType


def library(name: str, asked_by: str) -> ModuleType | Any:  # noqa: ANN401 - the libraries have no types
    """Return a module of a library; raises E654 where it is not installed, before anything is expanded."""
    package = name.partition(".")[0]
    if find_spec(package) is None:
        message = f"{asked_by} needs {package}"
        raise InputError([Problem("E654", message, hint='pip install "topogen[graphs]"')])
    return import_module(name)
