"""The ways to count ends and GPUs, and the columns of each."""

from __future__ import annotations

from itertools import product

from topogen.columns.column import Column, Unit
from topogen.records import dataclass

ENDS = ("both", "one")
SCOPES = ("all_tiers", "nic_only")
GPUS = ("package", "die")
AS_MODELLED = "both_all_tiers"
"""The count basis of every column that names none: both ends of each link, all tiers."""


@dataclass(frozen=True)
class CountBasis:
    """One way to count ends and GPUs."""

    ends: str
    scope: str
    gpu: str

    @property
    def suffix(self) -> str:
        """Return what a column of this basis ends with."""
        return f"_{self.ends}_{self.scope}_{self.gpu}"

    @property
    def sentence(self) -> str:
        """Return the basis in words."""
        ends = (
            "both ends of each link"
            if self.ends == "both"
            else "one end of each link: the a end, or the modelled one"
        )
        scope = "all tiers" if self.scope == "all_tiers" else "of scale-out only ends that are no switch"
        return f"{ends}; {scope}; per GPU {self.gpu}"


OTHER_BASES = tuple(CountBasis(*words) for words in product(ENDS, SCOPES, GPUS))[1:]
"""Every count basis but the first, which is as modelled and per package and needs no suffix."""


def other_bases(name: str, unit: Unit) -> tuple[Column, ...]:
    """Return a column for each further count basis of the column ``name``."""
    return tuple(Column(name + basis.suffix, unit, f"{name}: {basis.sentence}") for basis in OTHER_BASES)
