"""Shuffle cords of a topology file: as many connectors at both ends, each joined to each."""

import re
from collections.abc import Mapping
from typing import Annotated

from topogen.language.fields import Reads
from topogen.units import ReadError, parse_whole

_FORM = re.compile(r"\s*(\d+)\s*x\s*(\d+)\s*")
SMALLEST = 2


def _read_shuffle(text: str) -> int:
    """Return the connectors at each end of a shuffle cord.

    >>> _read_shuffle("4 x 4")
    4
    """
    found = _FORM.fullmatch(text)
    if not found:
        raise ReadError("E840", f'"{text}" is not the form of a shuffle cord', 'shuffle: "4 x 4"')
    a, b = (parse_whole(one, 1) for one in found.groups())
    if a != b or a < SMALLEST:
        some = max(a, b, SMALLEST)
        message = f"a shuffle cord has as many connectors at both ends, at least {SMALLEST}, not {a} and {b}"
        raise ReadError("E840", message, f'shuffle: "{some} x {some}"')
    return a


Shuffle = Annotated[int, Reads(_read_shuffle, {"type": "string", "pattern": r"^\s*\d+\s*x\s*\d+\s*$"})]


def refuse_other_cords(shuffled: bool, others: Mapping[str, bool]) -> None:  # noqa: FBT001 - of one link group
    """Raise if links with shuffle cords have a key of other cords too."""
    for key in (key for key, stated in others.items() if shuffled and stated):
        message = f"shuffle and {key} exclude each other: a shuffle cord carries all links of its connectors"
        raise ReadError("E841", message, f"remove {key}, or remove shuffle", ("shuffle",))
