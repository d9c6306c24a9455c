"""Found cables as rows: two ends, each a device and a port, with the line that they stand in."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from topogen.records import dataclass
from topogen.units import MBPS_PER_GBPS

if TYPE_CHECKING:
    from collections.abc import Sequence

UNKNOWN_RATE = -1
_RATE = re.compile(r"([\d.]+)\s*([MGT])(?:b/s|bps|bit/s|bE|b)?", re.ASCII | re.IGNORECASE)
_PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_INFINIBAND = re.compile(r"(\d+)x([SDQFEHNX]DR)(?:10)?", re.ASCII | re.IGNORECASE)
MBPS_PER_PREFIX = {"M": 1, "G": MBPS_PER_GBPS, "T": MBPS_PER_GBPS * MBPS_PER_GBPS}
LANE_MBPS = {
    "SDR": 2_500, "DDR": 5_000, "QDR": 10_000, "FDR": 14_000, "EDR": 25_000, "HDR": 50_000, "NDR": 100_000,
    "XDR": 200_000,
}  # fmt: skip
"""Rates of an InfiniBand lane as their generations are called."""


class FoundRow(NamedTuple):
    """One row of a table: both ends as written; ``rate`` is in Mb/s, ``UNKNOWN_RATE`` without one.

    ``kinds`` are words for what the devices are, ``parts`` the modules in the ports; both may be empty.
    """

    line: int
    a_device: str
    a_port: str
    b_device: str
    b_port: str
    rate: int = UNKNOWN_RATE
    kinds: tuple[str, str] = ("", "")
    parts: tuple[str, str] = ("", "")

    @property
    def ends(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """Return both ends as device and port."""
        return (self.a_device, self.a_port), (self.b_device, self.b_port)


class RowProblem(NamedTuple):
    """A row, or a cell of one, that cannot be used: its line and column as written, its kind, and why."""

    line: int
    column: str
    kind: str
    message: str


@dataclass(frozen=True)
class FoundTable:
    """The rows of a file, and those that cannot be read; ``columns`` names the cells of the ends."""

    name: str
    rows: Sequence[FoundRow]
    problems: Sequence[RowProblem] = ()
    columns: tuple[str, str, str, str] = ("a_device", "a_port", "b_device", "b_port")


def read_found_rate(text: str, *, in_gbps: bool = False) -> int | None:
    """Return a rate in Mb/s as switches and sheets write it, None for what is none.

    ``in_gbps`` says that a number without a unit is in Gb/s.

    >>> read_found_rate("400G"), read_found_rate("4xNDR"), read_found_rate("1.6 Tb/s")
    (400000, 400000, 1600000)
    >>> read_found_rate("100"), read_found_rate("100", in_gbps=True)
    (None, 100000)
    """
    text = text.strip()
    if found := _INFINIBAND.fullmatch(text):
        return int(found[1]) * LANE_MBPS[found[2].upper()]
    if in_gbps and _PLAIN.fullmatch(text):
        return _whole(Fraction(text) * MBPS_PER_GBPS)
    found = _RATE.fullmatch(text)
    if not found or not _PLAIN.fullmatch(found[1]):
        return None
    return _whole(Fraction(found[1]) * MBPS_PER_PREFIX[found[2].upper()])


def _whole(rate: Fraction) -> int | None:
    return int(rate) if rate.denominator == 1 and rate > 0 else None
