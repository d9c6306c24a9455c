"""Studies from names of files: what-if, world size, comparison, claims and crossover."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from topogen.errors import InputError, Problem
from topogen.language.yaml_tree import Source
from topogen.load.files import catalog_dir, names_with
from topogen.load.parse import merge_topology, parse_merged
from topogen.load.reading import (
    Sources,
    catalog_layer,
    catalog_revision_of,
    merge_files,
    read,
    revision_from,
    split_scenario,
    written,
)
from topogen.records import dataclass
from topogen.units import MBPS_PER_GBPS, MM_PER_M

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from fractions import Fraction

    from topogen.build.parsed import Parsed
    from topogen.language.claims import Variation
    from topogen.load.parse import MergedTree
    from topogen.load.reading import Revision
    from topogen.study.claims import Claim
    from topogen.study.compare import Comparison, Side
    from topogen.study.crossover import Crossover
    from topogen.study.what_if import WhatIf
    from topogen.study.world_size import WorldSize
    from topogen.takeoff.tariff import Tariff


def what_if(
    name: str | Path,
    variations: Iterable[Mapping[str, object]],
    *,
    figures: Sequence[str] = (),
    scenario: str | None = None,
    catalogs: Sequence[str | Path] = (),
) -> Iterator[WhatIf]:
    """Return the results of variations of a shipped topology or a file, computed one at a time.

    Parameters
    ----------
    name
        The name of a shipped topology, or the path of a file.
    variations
        Each maps paths to values, like a scenario of the file: ``{"instances.pod": 60}``; None removes a
        key. The file is read once; if only prices, makers or power of parts change, the fabric is not
        rebuilt.
    figures
        Further figures to compute, by the keys of ``expect``: ``parts.els8``, ``cost_usd.scale_out``.
    scenario
        The scenario of the file that the variations start from.
    catalogs
        Folders of catalog files, as for ``read_fabric``.

    Raises
    ------
    InputError
        With every error of the file, at the call; with those of a variation, when it is computed.

    Examples
    --------
    >>> prices = [{"catalog.parts.engine_3t2.price_usd": price} for price in (300, 400)]
    >>> rows = what_if("rubin-ultra-cpo-648", prices, figures=["parts.els8"])
    >>> [(row.links, int(row.cost_usd), int(row.figures["parts.els8"])) for row in rows]
    [(10512, 747000, 396), (10512, 826200, 396)]
    """
    from topogen.study.what_if import what_ifs  # noqa: PLC0415 - every other command does without

    merged = merge_files(name, scenario, catalogs, Sources())
    asked = (tuple((path, written(value)) for path, value in changes.items()) for changes in variations)
    return what_ifs(partial(parse_merged, merged), asked, figures)


def world_size(
    name: str | Path,
    over: Mapping[str, Sequence[object]],
    *,
    scenario: str | None = None,
    catalogs: Sequence[str | Path] = (),
    fixed_tiers: bool = False,
    strict: bool = False,
) -> list[WorldSize]:
    """Return what a GPU takes of scale-up and scale-out at each size, and why it steps.

    Parameters
    ----------
    name
        The name of a shipped topology with both networks, or the path of a file.
    over
        Values by path, like a scenario of the file; several paths are combined.
    scenario
        The scenario of the file that the sizes start from.
    catalogs
        Folders of catalog files, as for ``read_fabric``.
    fixed_tiers
        Whether a fat tree that is too large for its tiers is refused; else it gets another tier.
    strict
        Whether a size with warnings is refused.

    Raises
    ------
    InputError
        With every error of the file. What cannot be built at a size is the ``refused`` of its row.

    Examples
    --------
    >>> rows = world_size("world-size", {"instances.node": [144, 288]})
    >>> [(row.gpus, row.tiers["nvl"], int(row.switches["scale_up"] * 10)) for row in rows]
    [(144, 1, 5), (288, 2, 15)]
    """
    from topogen.study.world_size import world_sizes  # noqa: PLC0415 - every other command does without

    merged = merge_files(name, scenario, catalogs, Sources())
    values = {path: [written(value) for value in some] for path, some in over.items()}
    return world_sizes(
        lambda changes: parse_merged(merged, changes, "--over"),
        values,
        fixed_tiers=fixed_tiers,
        strict=strict,
    )


def compare(
    first: str | Path, *others: str | Path, catalogs: Sequence[str | Path] = (), strict: bool = False
) -> Comparison:
    """Return fabrics side by side, compared with the first: figures, ratios and waterfalls.

    Parameters
    ----------
    first, others
        The name of a shipped topology or the path of a file, with ``@SCENARIO`` for a scenario of it.
    catalogs
        Folders of catalog files, as for ``read_fabric``.
    strict
        Whether warnings are errors.

    Raises
    ------
    InputError
        E657 for a name that ends in ``@``; every error of the files.

    Examples
    --------
    >>> found = compare("gb300-nvl72-row", "gb300-nvl72-row@optical")
    >>> found.ratio("optical_bandwidth_ends"), found.ratio("lasers")
    (Ratio(value=Fraction(11, 2), bound=''), Ratio(value=Fraction(17, 8), bound=''))
    """
    from topogen.study.compare import compare_sides  # noqa: PLC0415 - every other command does without

    return compare_sides([_side(str(name), catalogs, strict=strict) for name in (first, *others)])


@dataclass(frozen=True)
class FileClaims:
    """The claims of one file with their verdicts, and its revision."""

    name: str
    claims: tuple[Claim, ...]
    revision: Revision


def claims(*names: str | Path, catalogs: Sequence[str | Path] = ()) -> tuple[FileClaims, ...]:
    """Return the published statements of files, each with what was computed and a verdict.

    Parameters
    ----------
    names
        Names of shipped topologies or paths of files; default: every shipped topology that has claims.
    catalogs
        Folders of catalog files, as for ``read_fabric``.

    Raises
    ------
    InputError
        E662 for a file without claims; every error of the files.

    Examples
    --------
    >>> (found,) = claims("article-three-vendors")
    >>> [(one.name, one.quoted, round(float(one.computed.base), 2), one.verdict)
    ...  for one in found.claims if one.name == "s53-c35"]
    [('s53-c35', '7', 7.17, 'reproduced')]
    """
    return tuple(_file_claims(str(name), catalogs) for name in names or names_with("claims"))


def _file_claims(name: str, catalogs: Sequence[str | Path]) -> FileClaims:
    from topogen.study.claims import check_file  # noqa: PLC0415 - every other command does without

    merged = merge_files(name, None, catalogs, Sources())
    parsed = parse_merged(merged)
    if not parsed.spec.claims:
        hint = "add a section claims: docs/topology-language.md shows one"
        raise InputError([Problem("E662", f'"{name}" has no claims', hint=hint)])

    def under(variation: Variation) -> Parsed:
        if variation.scenario:
            return parse_merged(merge_files(name, variation.scenario, catalogs, Sources()))
        return parse_merged(merged, variation.changes, "over") if variation.changes else parsed

    found = check_file(name, parsed.spec.claims, under)
    return FileClaims(name, tuple(found), revision_from(merged.root, parsed))


def crossover(
    lengths_m: Sequence[Fraction | int],
    lane_rates_gbps: Sequence[Fraction | int],
    *,
    media: Sequence[str] = (),
    tariff: Tariff | None = None,
    catalogs: Sequence[str | Path] = (),
) -> Crossover:
    """Return the media of the catalog side by side over length and lane rate.

    Parameters
    ----------
    lengths_m, lane_rates_gbps
        Lengths in metres, to the millimetre, and rates in Gb/s, to the megabit per second.
    media
        Ids of media; default: every medium that is not a board, of media that differ in their id only the
        first.
    tariff
        What power costs, and for how many years; default: `Tariff()`.
    catalogs
        Folders of catalog files, as for ``read_fabric``.

    Raises
    ------
    InputError
        E659 for a medium that the catalog does not have; every error of the catalog files.

    Examples
    --------
    >>> found = crossover([1, 5], [200], media=["dac", "dr"])
    >>> [(row.medium, int(row.capex.base)) for row in found.rows if row.feasible]
    [('dac', 218), ('dr', 1476), ('dr', 1481)]
    """
    from topogen.study.crossover import compare_media  # noqa: PLC0415 - every other command does without

    rates = [int(rate * MBPS_PER_GBPS) for rate in lane_rates_gbps]
    lengths = [int(length * MM_PER_M) for length in lengths_m]
    merged = _skeleton(catalogs)
    return compare_media(partial(parse_merged, merged), rates, lengths, media, tariff)


def _skeleton(catalogs: Sequence[str | Path]) -> MergedTree:
    """Return the merged tree of the fabric that media are compared in."""
    from topogen.study.crossover import SKELETON  # noqa: PLC0415 - every other command does without

    folders = [catalogs] if isinstance(catalogs, str | Path) else catalogs
    layers = [catalog_layer(Path(folder)) for folder in (catalog_dir(), *folders)]
    return merge_topology(Source("crossover", SKELETON), layers=layers, load=Sources().include, scenario=None)


def catalog_revision(catalogs: Sequence[str | Path] = ()) -> str:
    """Return the revision of the shipped catalog with folders over it."""
    return catalog_revision_of(_skeleton(catalogs).root)


def _side(text: str, catalogs: Sequence[str | Path], *, strict: bool) -> Side:
    from topogen.study.compare import Side  # noqa: PLC0415 - every other command does without

    design = read(*split_scenario(text), catalogs, strict=strict)
    revision = design.revision
    return Side(text, design.fabric, design.rollup, revision.topology, revision.catalog)
