"""Count bases: the same quantities at one end or both, at NICs or in all tiers, per package or per die."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from topogen.columns.count_basis import OTHER_BASES
from topogen.language.device import SWITCH_ROLES
from topogen.model.fabric import n_gpu_dies, n_gpus
from topogen.records import dataclass
from topogen.takeoff.pools import WHOLE, Basis

if TYPE_CHECKING:
    from topogen.columns.cells import Row
    from topogen.columns.count_basis import CountBasis
    from topogen.model.fabric import Fabric
    from topogen.model.links import LinkGroup


@dataclass(frozen=True)
class Gpus:
    """What figures are divided by."""

    packages: int
    dies: int | None

    def count(self, gpu: str) -> int | None:
        """Return the number of packages or dies, None where there are none or it is not known."""
        return (self.packages if gpu == "package" else self.dies) or None

    def per(self, value: Fraction | None, gpu: str = "package") -> Fraction | None:
        """Return a value per GPU."""
        count = self.count(gpu)
        return None if value is None or count is None else Fraction(value) / count


def gpus_of(fabric: Fabric) -> Gpus:
    """Return the GPUs of a fabric."""
    return Gpus(n_gpus(fabric), n_gpu_dies(fabric))


def share(basis: Basis, count: CountBasis) -> Fraction:
    """Return the part of a quantity that a count basis counts."""
    if count.scope == "all_tiers":
        return basis.one_end if count.ends == "one" else Fraction(1)
    return basis.one_end_nic_only if count.ends == "one" else basis.nic_only


@dataclass(frozen=True)
class Based:
    """A sum of values, each with the share of it that every count basis counts."""

    total: Fraction = Fraction(0)
    others: tuple[Fraction, ...] = (Fraction(0),) * len(OTHER_BASES)

    def plus(self, value: Fraction, basis: Basis) -> Based:
        """Return the sum with one more value."""
        pairs = zip(self.others, OTHER_BASES, strict=True)
        return Based(self.total + value, tuple(sum_ + value * share(basis, one) for sum_, one in pairs))

    def others_per_gpu(self, name: str, gpus: Gpus) -> Row:
        """Return the columns of a figure per GPU on every further basis."""
        pairs = zip(self.others, OTHER_BASES, strict=True)
        return {name + basis.suffix: gpus.per(value, basis.gpu) for value, basis in pairs}


def end_basis(fabric: Fabric, group: LinkGroup) -> tuple[int, Basis]:
    """Return the ends of a link group that are in the model, and the basis of their bandwidth."""
    ends, near, one_near = 0, Fraction(0), Fraction(0)
    for block in group.blocks:
        sides = [block.a] if block.b is None else [block.a, block.b]
        counts = [is_near(group, fabric.groups[side.group].type.role) for side in sides]
        ends += len(sides) * block.count
        near += sum(counts) * block.count
        one_near += (Fraction(sum(counts), len(sides)) if group.joins_alike else counts[0]) * block.count
    if not ends:
        return 0, WHOLE
    return ends, Basis(Fraction(group.count, ends), near / ends, one_near / ends)


def is_near(group: LinkGroup, role: str) -> bool:
    """Return whether an end at a device of that role counts where only ends at NICs do."""
    return group.network != "scale_out" or role not in SWITCH_ROLES
