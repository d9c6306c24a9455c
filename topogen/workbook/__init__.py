"""The workbook of a build: prices, ratios and spares to change, and every sum as a formula over them.

Each formula also carries the value that topogen computed, for readers that do not calculate.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from topogen.export.options import DEFAULT
from topogen.takeoff.basis_line import version_text
from topogen.workbook.bom_sheet import BomSheet
from topogen.workbook.cells import Book
from topogen.workbook.order_sheet import write_order
from topogen.workbook.prices import Prices
from topogen.workbook.summary import write_summary
from topogen.workbook.tables import write_tables
from topogen.workbook.vendors import write_vendors

if TYPE_CHECKING:
    from topogen.export.options import Options
    from topogen.model.fabric import Fabric
    from topogen.takeoff.roll_up import RollUp

NO_TIME = datetime(2000, 1, 1)  # noqa: DTZ001 - the same bytes from the same input


def to_workbook(fabric: Fabric, rollup: RollUp, options: Options = DEFAULT) -> bytes:
    """Return the workbook of a fabric: summary, assumptions, BOM, order, vendors, cables, gaps, sources."""
    import xlsxwriter  # noqa: PLC0415 - heavy, and only here

    file = BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": fabric.name, "created": NO_TIME, "comments": f"topogen {version_text()}"})
    made = Book(
        book, [book.add_worksheet(name) for name in ("Summary", "Assumptions", "BOM", "Order", "Vendors")]
    )
    prices = Prices(made, fabric, rollup)
    bom = BomSheet(made, fabric, rollup, prices)
    order = write_order(made, fabric, rollup, prices, options)
    write_vendors(made, fabric, rollup, prices, bom)
    write_tables(made, fabric, rollup, options)
    write_summary(made, fabric, rollup, (bom, order), options)
    book.close()
    return file.getvalue()
