"""Files of a build: each format is one file of this folder, a pure function of a fabric and its roll-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from topogen.export.options import DEFAULT
from topogen.export.to_bom_flat import to_bom_flat
from topogen.export.to_bom_gaps import to_bom_gaps
from topogen.export.to_bom_indented import to_bom_indented
from topogen.export.to_cable_schedule import to_cable_schedule
from topogen.export.to_cable_schedule_parquet import to_cable_schedule_parquet
from topogen.export.to_devices import to_devices
from topogen.export.to_devices_parquet import to_devices_parquet
from topogen.export.to_labels import to_labels
from topogen.export.to_link_classes import to_link_classes
from topogen.export.to_order import to_order
from topogen.export.to_patching import to_patching
from topogen.export.to_per_gpu import to_per_gpu
from topogen.export.to_per_layer import to_per_layer
from topogen.export.to_per_vendor import to_per_vendor
from topogen.export.to_phases import to_phases
from topogen.export.to_places_parquet import to_places_parquet
from topogen.export.to_pull_sheet import to_pull_sheet
from topogen.export.to_recable import to_recable
from topogen.export.to_summary import to_summary
from topogen.export.to_trays import to_trays

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

Exporter: TypeAlias = "Callable[[Fabric, RollUp, Options], str | Iterator[bytes]]"

EXPORTS: dict[str, Exporter] = {
    "bom_flat.csv": to_bom_flat,
    "bom_indented.csv": to_bom_indented,
    "bom_gaps.csv": to_bom_gaps,
    "order.csv": to_order,
    "per_gpu.csv": to_per_gpu,
    "per_vendor.csv": to_per_vendor,
    "per_layer.csv": to_per_layer,
    "link_classes.csv": to_link_classes,
    "pull_sheet.csv": to_pull_sheet,
    "cable_schedule.csv": to_cable_schedule,
    "labels.csv": to_labels,
    "patching.csv": to_patching,
    "trays.csv": to_trays,
    "devices.csv": to_devices,
    "phases.csv": to_phases,
    "recable.csv": to_recable,
    "summary.json": to_summary,
}
"""Every file by its name; small ones are one text, the schedule comes in pieces of whole lines."""

PHASED = ("phases.csv", "recable.csv")
"""Files of fabrics that are built in phases."""

PARQUET: dict[str, Callable[[Fabric, Options, Path | BinaryIO], Iterator[int]]] = {
    "cable_schedule.parquet": to_cable_schedule_parquet,
    "devices.parquet": to_devices_parquet,
    "places.parquet": to_places_parquet,
}
"""The cable schedule with ids for names, and what the ids stand for; each yields the rows it has written."""


def export_bytes(name: str, fabric: Fabric, rollup: RollUp, options: Options = DEFAULT) -> Iterator[bytes]:
    """Yield the content of a file, ready to be written."""
    content = EXPORTS[name](fabric, rollup, options)
    if isinstance(content, str):
        yield content.encode()
    else:
        yield from content
