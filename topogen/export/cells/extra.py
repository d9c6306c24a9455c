"""What formats need beyond the standard installation, and the sentence where it is missing."""

from __future__ import annotations

from importlib.util import find_spec

from topogen.errors import InputError, Problem

NEEDED = "pyarrow"


def refuse_missing_pyarrow(what: str) -> None:
    """Raise E654 where a file cannot be made, before anything is counted or written."""
    if find_spec(NEEDED) is None:
        raise InputError([Problem("E654", f"{what} needs {NEEDED}", hint='pip install "topogen[scale]"')])
