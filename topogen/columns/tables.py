"""Every CSV table of a build, by the stem of its file."""

from __future__ import annotations

from topogen.columns.cables import CABLE_SCHEDULE, LABELS, LINK_CLASSES, PATCHING, PULL_SHEET
from topogen.columns.devices import DEVICE_LIST
from topogen.columns.parts import BOM_FLAT, BOM_GAPS, BOM_INDENTED, ORDER
from topogen.columns.phases import PHASES, RECABLE
from topogen.columns.totals import PER_GPU, PER_LAYER, PER_VENDOR
from topogen.columns.trays import TRAYS

TABLES = {
    "bom_flat": BOM_FLAT,
    "bom_indented": BOM_INDENTED,
    "bom_gaps": BOM_GAPS,
    "order": ORDER,
    "per_gpu": PER_GPU,
    "per_vendor": PER_VENDOR,
    "per_layer": PER_LAYER,
    "link_classes": LINK_CLASSES,
    "pull_sheet": PULL_SHEET,
    "cable_schedule": CABLE_SCHEDULE,
    "devices": DEVICE_LIST,
    "labels": LABELS,
    "patching": PATCHING,
    "trays": TRAYS,
    "phases": PHASES,
    "recable": RECABLE,
}
"""Every CSV table of a build, by the stem of its file."""
