"""From a parsed file to a fabric: places, fabrics, links, sites, lengths, media, in this order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from topogen.build.attach import attached
from topogen.build.box_panels import refuse_chips_outside
from topogen.build.draft import Draft
from topogen.build.generators import add_fabric
from topogen.build.link_groups import add_link
from topogen.build.patching import with_panels
from topogen.build.phases import in_phases
from topogen.build.placement import place_devices
from topogen.build.repin import pin_links
from topogen.build.tiers import endless_links, tiers_of
from topogen.build.tree import device_types, grow
from topogen.build.warnings import warn_of_doubts
from topogen.cable_trays.check import check_trays
from topogen.cabling.cages import check_cages
from topogen.cabling.port_uses import warn_of_free_ports
from topogen.errors import Problems, nearest
from topogen.floor.histogram import counted_lengths
from topogen.floor.routing import Routing, slack_of
from topogen.media.checks import check_media
from topogen.media.legs import warn_of_cords_over_racks, warn_of_unused_connectors, warn_of_unused_legs
from topogen.media.medium import follow_pairs
from topogen.media.patch_checks import check_patching
from topogen.media.plugs import fit_cables
from topogen.media.policy import choose_media
from topogen.memory import needing
from topogen.model.fabric import Fabric
from topogen.model.length_histogram import LengthClasses, classes_of, one_length
from topogen.naming.names import site_names
from topogen.units import format_count
from topogen.wiring.plan import MAX_NUMBERED

if TYPE_CHECKING:
    from topogen.build.parsed import Parsed
    from topogen.language.topology import LinkSpec
    from topogen.model.links import LinkGroup

BYTES_PER_DEVICE = 80
"""Memory that sites, ports and the take-off of a device need at the most, measured at a million GPUs."""


def build(parsed: Parsed) -> Fabric:
    """Return the fabric of a parsed file; raises ``InputError`` with every mistake that was found.

    Of a file with phases it is the design after the last one, with the designs before it.
    """
    return in_phases(parsed, build_one) if parsed.phase else build_one(parsed)


def build_one(parsed: Parsed, before: Fabric | None = None) -> Fabric:
    """Return the fabric of one design, whose cables keep the ports that they have in the one before."""
    spec = parsed.spec
    problems = Problems(parsed.marks)
    problems.found.extend(parsed.warnings)
    draft = Draft(parsed, problems, grow(spec, device_types(parsed, problems), problems), before=before)
    _refuse_many_devices(draft)
    _refuse_nothing(draft)
    problems.raise_errors()
    count = sum(group.count for group in draft.tree.groups)
    with needing(f"a fabric of {format_count(count)} devices", BYTES_PER_DEVICE * count):
        return _wired(draft)


def _wired(draft: Draft) -> Fabric:
    """Return the fabric of a tree: its fabrics and links in an order that gives each what it ends at."""
    parsed, spec, problems = draft.parsed, draft.parsed.spec, draft.problems
    for index, group in enumerate(draft.tree.groups):
        draft.ports.add(index, group)
    fabrics_of = {name: _fabrics_of(parsed, name, link) for name, link in spec.links.items()}
    early = [name for name, needed in fabrics_of.items() if not needed]
    for name in early:
        add_link(draft, name, spec.links[name])
    for name, fabric in spec.fabrics.items():
        add_fabric(draft, name, fabric)
    _refuse_many_devices(draft)
    for name, needed in fabrics_of.items():
        if needed and needed <= draft.made.keys():  # a fabric that is refused has no switches to link
            add_link(draft, name, spec.links[name])
    problems.raise_errors()
    pin_links(draft)
    problems.raise_errors()
    return _finish(draft)


def _refuse_nothing(draft: Draft) -> None:
    """Note a file whose counts are all 0 and that has no fabric to create devices."""
    spec, tree = draft.parsed.spec, draft.tree
    built = any(group.count for group in tree.groups) or any(place.count for place in tree.places)
    if not built and not spec.fabrics and not draft.problems.found:
        message = "there is nothing to build: the counts of all instances are 0"
        draft.problems.add("E647", message, ("instances",), "give at least one of them a count of 1 or more")


def _refuse_many_devices(draft: Draft) -> None:
    """Note more devices than can be numbered."""
    count = sum(group.count for group in draft.tree.groups)
    if count > MAX_NUMBERED:
        message = f"the file has {format_count(count)} devices in total"
        hint = f"the limit is {format_count(MAX_NUMBERED)} devices per fabric; check `count` for a typo"
        draft.problems.add("E702", message, ("instances",), hint)


def _finish(draft: Draft) -> Fabric:
    """Return the fabric with sites, lengths, cables and tiers, and its media checked."""
    spec, problems = draft.parsed.spec, draft.problems
    groups = tuple(draft.tree.groups)
    sites = place_devices(draft)
    tiers = tiers_of(draft)
    _refuse_unknown_slack(draft)
    _refuse_switches_as_endpoints(draft)
    attachments = attached(draft)
    links = []
    for index, link in enumerate(with_panels(draft, link) for link in draft.links):
        routing = Routing(sites, spec.layout, slack_of(spec.layout, link.name), link.through)
        done = replace(link, tier=tiers[index], lengths=_lengths_of_groups(draft, link, routing))
        links.append(done)
    problems.raise_errors()
    fabric = Fabric(
        spec=spec,
        catalog=draft.parsed.catalog,
        scenario=draft.parsed.scenario,
        scenarios=draft.parsed.scenarios,
        about=draft.parsed.about,
        places=tuple(draft.tree.places),
        groups=groups,
        links=tuple(links),
        ports=draft.ports.maps,
        sites=sites,
        made=draft.made,
        marks=draft.parsed.marks,
        attached=attachments,
    )
    fabric = choose_media(fabric, problems)
    problems.raise_errors()
    for link in fabric.links:
        check_media(fabric, link, problems, draft.at[link.base or link.name])
    check_cages(fabric, problems)
    refuse_chips_outside(fabric, problems)
    problems.raise_errors()
    fabric = follow_pairs(fit_cables(fabric, draft.at, problems), draft.at, problems)
    check_patching(fabric, draft.at, problems)
    check_trays(fabric, problems)
    problems.raise_errors()
    names = site_names(fabric, draft.parsed.tables.get(("names", "table"), ()), problems)
    problems.raise_errors()
    warn_of_free_ports(fabric, problems)
    warn_of_doubts(fabric, problems)
    warn_of_unused_legs(fabric, draft.at, problems)
    warn_of_unused_connectors(fabric, draft.at, problems)
    warn_of_cords_over_racks(fabric, draft.at, problems)
    sites = replace(fabric.sites, rack_names=names.racks) if names else fabric.sites
    return replace(fabric, warnings=problems.warnings, names=names, sites=sites)


def _refuse_unknown_slack(draft: Draft) -> None:
    """Note slack for link groups and fabrics that are not there."""
    layout = draft.parsed.spec.layout
    names = [link.base or link.name for link in draft.links]
    known = sorted({*names, *(name.partition("/")[0] for name in names)})
    for key in sorted(layout.slack.keys() - {"*", "other", *known}) if layout else ():
        hint = nearest(key, [*known, "other"])
        draft.problems.add("E203", f'no link group or fabric "{key}"', ("layout", "slack", key), hint)


def _refuse_switches_as_endpoints(draft: Draft) -> None:
    """Note link groups that say whether their endpoints forward traffic, and join only switches."""
    links = draft.parsed.spec.links
    for name in endless_links(draft):
        if name in links and links[name].endpoints_forward is not None:
            message = "endpoints_forward has no effect: the links join only switches, which always forward"
            draft.problems.add("E203", message, ("links", name, "endpoints_forward"), "leave it out")


def _fabrics_of(parsed: Parsed, name: str, link: LinkSpec) -> set[str]:
    """Return the fabrics whose switches a link group ends at."""
    ends = link.ends()
    selectors = [*ends.a, *ends.b]
    if isinstance(ends.pairs, tuple):
        selectors += [selector for pair in ends.pairs for selector in pair]
    rows = parsed.tables.get(("links", name, "pairs"), ())
    steps = {pick.name for selector in selectors for pick in selector.steps}
    steps |= {cell.partition("/")[0] for row in rows for cell in row.cells}
    return steps.intersection(parsed.spec.fabrics)


def _lengths_of_groups(draft: Draft, link: LinkGroup, routing: Routing) -> LengthClasses:
    media = draft.parsed.catalog.media
    medium = media.get(link.media[0]) if link.media else None
    board = link.network == "board" or (medium is not None and medium.kind == "board")
    found = []
    for block in link.blocks:
        types = (
            draft.tree.groups[block.a.group].label,
            (draft.tree.groups[block.b.group].label if block.b else link.outside),
        )
        if link.length_mm is not None:
            coded = one_length(link.length_mm, "stated", block.count)
        elif board:
            coded = one_length(0, "board", block.count)
        elif block.b is None:
            coded = one_length(None, "unknown", block.count)
        else:
            coded = counted_lengths(block, routing)
        found.append((types, coded))
    return classes_of(found)
