"""Every key that a pattern accepts changes what is built, or is refused: no key is read and ignored.

The keys are those of the code: a new one without another value in ``keys_of_patterns`` fails here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.helpers_fabric import fabric_of
from tests.properties.recount import links_of
from tests.wiring.keys_of_patterns import (
    AT_MOST,
    BASES,
    CATALOG,
    CONTEXT,
    FABRICS_ON,
    LINKS_ON,
    NEEDED,
    OTHERS,
    PORTS,
    REFUSED,
    SHARED_BY_FABRICS,
    SHARED_BY_LINKS,
    TABLES,
)
from topogen.errors import InputError
from topogen.model.fabric import device_name
from topogen.structure.domain import names, stated_forwarding
from topogen.takeoff.roll_up import roll_up
from topogen.wiring import GENERATORS, LINK_PATTERNS, generator, link_pattern

if TYPE_CHECKING:
    from topogen.model.fabric import Fabric

KEYS = [
    (pattern, key)
    for record, names in ((link_pattern, LINK_PATTERNS), (generator, GENERATORS))
    for pattern in names
    for key in record(pattern).spec.model_fields
    if key != "pattern"
]


FOR_ALL = {
    "switch_ports": "E753",
    "split": "E740.*has no effect",
    "ports_from": "E723",
    "shuffle": "E84[23]",
    "through": "E780",
}
"""What the value of a key is refused with, whatever the pattern."""


def keys_of(pattern: str, key: str) -> dict[str, object]:
    """Return the keys of a small fabric of a pattern, and those that a key needs beside it."""
    text = f"network: scale_out, medium: dr, pattern: {pattern}, {BASES[pattern]}"
    more = CONTEXT.get((pattern, key), "medium: wide" if key == "links_per_cable" else "")
    return dict(yaml.load(f"{{{text}{', ' * bool(more)}{more}}}", Loader=yaml.BaseLoader))  # noqa: S506 - texts only


def built(pattern: str, key: str, keys: dict[str, object]) -> Fabric:
    """Return the fabric of a pattern with these keys, on devices of which a key can be tried."""
    links = pattern in LINK_PATTERNS
    ports, radix = PORTS.get(pattern, (1, 16))
    if key in ("planes", "peer_links"):
        ports, radix = 2 * ports, 4 * radix
    head = LINKS_ON if links else FABRICS_ON.replace("PORTS", str(ports)).replace("RADIX", str(radix))
    text = head + yaml.dump({"links" if links else "fabrics": {"l": keys}})
    return fabric_of(text, shipped=True, catalog=CATALOG, tables=TABLES)


def result(fabric: Fabric) -> list[object]:
    """Return everything about a fabric that a user could see change, in one order; names of cables aside."""
    rolled = roll_up(fabric)
    groups = [(one.name, one.network, one.media, one.outside, list(one.lengths)) for one in fabric.links]
    devices = [device_name(fabric, number) for number in range(fabric.n_devices)]
    parts = [(row.part, row.network, row.qty, row.cost_scope) for row in rolled.quantities]
    racks = [
        (rack.name, (fabric.sites.rack == number).sum()) for number, rack in enumerate(fabric.sites.racks)
    ]
    links = sorted((one.group, one.scope, one.a, one.b or one.a) for one in links_of(fabric))
    says = stated_forwarding(fabric, fabric.links)
    forward = [side.tolist() for side in (says.does, says.does_not)]
    gaps = [str(gap) for gap in rolled.gaps]
    return [forward, groups, devices, parts, racks, links, gaps, names(fabric)]


@pytest.mark.parametrize(("pattern", "key"), KEYS)
def test_a_key_changes_the_result_or_is_refused(pattern: str, key: str) -> None:
    shared = SHARED_BY_LINKS if pattern in LINK_PATTERNS else SHARED_BY_FABRICS
    other = {**shared, **OTHERS[pattern]}[key]
    before = keys_of(pattern, key)
    after = {**before, key: yaml.load(other, Loader=yaml.BaseLoader)}  # noqa: S506 - texts only
    for rival in {"ends": ("create",), "create": ("ends",)}.get(key, ()):
        after.pop(rival, None)
    if refused := REFUSED.get((pattern, key), FOR_ALL.get(key)):
        with pytest.raises(InputError, match=refused):
            built(pattern, key, after)
        return
    if (pattern, key) in NEEDED:
        with pytest.raises(InputError, match=NEEDED[pattern, key]):
            built(pattern, key, before)
        built(pattern, key, after)
        return
    changed = result(built(pattern, key, before)) != result(built(pattern, key, after))
    assert changed is ((pattern, key) not in AT_MOST)
