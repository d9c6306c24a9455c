"""The keys of a fat tree."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from topogen.language.fabric import MOST_TIERS, Auto, SwitchedFabricSpec, Tiers
from topogen.language.fields import Count, Flag, Name, Natural, Selectors, Strict, one_of

SpreadEnds = Annotated[Literal["packed", "even"], one_of(("packed", "even"))]
CoreWiring = Annotated[Literal["planes", "full_mesh"], one_of(("planes", "full_mesh"))]


class LeafSpec(Strict):
    """How many ports of a switch face its ends or the tier below, and how many face upward."""

    down: Count
    """ports facing the endpoints or the tier below"""
    up: Natural
    """ports facing the tier above"""


class FatTree(SwitchedFabricSpec):
    """A folded Clos network of one to four tiers."""

    roles: ClassVar[tuple[str, ...]] = ("leaf", "spine", "core", "top")
    tier_roles: ClassVar[tuple[tuple[str, ...], ...]] = (("leaf",), ("spine",), ("core",), ("top",))
    link_groups: ClassVar[Mapping[str, str]] = {
        "hosts": "every end to a leaf",
        "leaf_spine": "every leaf to every spine, equally often",
        "spine_core": "every spine of a pod to its group of cores, equally often",
        "core_top": "every core of a pod to its group of tops, equally often",
        "peer": "the two leaves of every pair",
    }

    pattern: Literal["fat_tree"]
    """pattern to generate"""
    tiers: Tiers
    """number of switch tiers, 1 to 4"""
    leaf: LeafSpec | None = None
    """leaf ports facing down and up; default: half each"""
    spine: LeafSpec | None = None
    """spine ports facing down and up; default: half each, the highest tier all down"""
    core: LeafSpec | None = None
    """core ports facing down and up; default as for `spine`"""
    top: LeafSpec | None = None
    """top ports facing down; default: all"""
    leaves: Auto = None
    """number of leaves per plane, or `auto`; a multiple of units x rails"""
    spread_ends: SpreadEnds | None = None
    """`packed`: leaf after leaf is filled; `even`: all take as many, the default if `leaves` is stated"""
    peer_links: Count | None = None
    """links between the two leaves of a pair (MLAG): leaves come in pairs, and each end is homed to both"""
    spines: Auto = None
    """number of spines, or `auto`"""
    cores: Auto = None
    """number of cores, or `auto`"""
    core_wiring: CoreWiring | None = None
    """`planes`: spine j of each pod to core group j; `full_mesh`: every spine to every core (`tiers: 3`)"""
    rails_by: Name | None = None
    """level: endpoints at the same position in it share a rail with its own leaves"""
    units_by: Name | None = None
    """level: each leaf serves one unit of it; leaves are sized for a full unit"""
    separate_rails: Flag = False
    """whether each rail has spines and cores of its own, so that rails do not meet (needs `rails_by`)"""
    even: Flag = True
    """whether to round up to switch counts that divide the uplinks evenly"""
    precable: Flag = False
    """whether unused leaf ports are cabled too"""
    extra_ends: Selectors = ()
    """further endpoint ports, connected to free leaf ports of their unit"""

    def faces_of(self, role: str) -> LeafSpec | None:
        """Return how the file says that the ports of a role face, None where it does not."""
        return {"leaf": self.leaf, "spine": self.spine, "core": self.core, "top": self.top}[role]

    def tier_count(self) -> int | None:
        """Return the tiers of switches."""
        return self.tiers

    def larger(self) -> Mapping[str, str]:
        """Return a tier more."""
        return {"tiers": str(self.tiers + 1)} if self.tiers < MOST_TIERS else {}

    def joins(self, group: str) -> str:
        """Return what a link group joins, where links are dealt unevenly and where there are rails too."""
        if group == "hosts" and (self.rails_by or self.peer_links):
            leaf = "both leaves of a pair" if self.peer_links else "a leaf"
            return f"every end to {leaf}{' of its rail' * bool(self.rails_by)}"
        if group == "peer":
            return self.link_groups[group]
        own = " of its rail" if self.separate_rails else ""
        if group == "spine_core" and self.core_wiring == "full_mesh":
            return f"every spine to every core{own}, equally often"
        if group != "hosts" and not self.even:
            lower, upper = group.split("_")
            return f"links of every {lower} dealt in turn over every {upper}{own}"
        if group == "leaf_spine":
            return f"every leaf to every spine{own}, equally often"
        return self.link_groups[group]
