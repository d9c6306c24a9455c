"""Which command draws what: the one table that commands, tests and docs/cli.md go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CHARTS: Mapping[str, str] = {
    "bom": "value per GPU by layer and network, above vendors: procurement beside content; "
    "or one of them, or link lengths, with `--chart-of`",
    "claims": "claims of each file by verdict",
    "compare": "waterfall from the first fabric to the second, in USD per GPU",
    "crossover": "USD per Tb/s with power, by medium and length",
    "demand": "with `--racks`: pieces to make by period against the capacity",
    "failures": "failures a year beside links lost with one, by kind of element",
    "power": "kW by device and network",
    "ratio": "the ratio on every count basis",
    "reach": "share of links up to each length, with the reaches of copper",
    "sensitivity": "tornado: the figure at the low and high of each assumption; "
    "with `--draws` how the draws spread",
    "size": "switches, cables and optics per GPU by size",
    "tco": "cost over some years by item, low, base and high",
    "throughput": "throughput per endpoint by fabric and traffic, in percent of its ports",
    "world-size": "cost and optical bandwidth per GPU by size of the domain and network",
}
"""What `--chart` of each command shows."""
