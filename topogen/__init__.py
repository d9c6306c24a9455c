"""From a topology file to every link, part, length, watt and dollar of a GPU fabric."""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["__version__"]

if TYPE_CHECKING:
    __version__: str
else:  # hidden from type checkers, which would take any misspelt name for an attribute

    def __getattr__(name: str) -> str:
        """Return the version when asked for it: looking it up costs more than most imports here."""
        if name != "__version__":
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  (only when asked)

        try:
            return version("topogen")
        except PackageNotFoundError:  # a plain checkout, not installed
            return "0+checkout"
