"""Write ``beta.xlsx``, the sheet of a supplier that quotes in euros, by the pack and by the metre."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

HERE = Path(__file__).parent
HEADER = (
    "part_id", "description", "mpn", "length_m", "qty_order", "qty_design", "unit", "unit_price", "currency",
    "price_per", "moq", "pack_qty", "lead_time_weeks", "valid_until", "supplier", "remark", "guard",
)  # fmt: skip
LATE = datetime(2027, 1, 31)  # noqa: DTZ001 - a spreadsheet has no time zones
ROWS = (
    ("mpo12_cord", "MPO-12 cord", "MFP7E30-Nxxx", 2, 32, 32, "each", 264.1, "EUR", "pack", None, 12, 4,
     LATE, "Beta GmbH", None, "g6d89a22046"),
    ("mpo12_cord", "MPO-12 cord", "MFP7E30-Nxxx", 3, 96, 96, "each", 100, "EUR", "pack", 100, 7, 4,
     LATE, "Beta GmbH", "minimum of 100", "g6d14db1bca"),
    ("mpo12_cord", "MPO-12 cord", "MFP7E30-Nxxx", 5, 128, 128, "each", 6.2, "EUR", "m", None, None, 4,
     LATE, "Beta GmbH", "priced by the metre", "g7c75730d1e"),
    ("osfp_400g_dr4", "400G OSFP", "980-9I31N-00NM00", None, 128, 128, "each", "=H2*2", "EUR", "piece", None,
     None, 10, LATE, "Beta GmbH", "a formula", "g04fdb4db6b"),
    ("qm9700", "QM9700", "MQM9700-NS2F", None, 6, 6, "each", 19500.55, "EUR", "piece", None, None, 14,
     LATE, "Beta GmbH", None, "g30f644e0c8"),
)  # fmt: skip

if __name__ == "__main__":
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "quote"
    sheet.append(["Offer 4711 of Beta GmbH"])
    sheet.append(HEADER)
    for row in ROWS:
        sheet.append(row)
    notes = book.create_sheet("terms")
    notes.append(["DAP, 30 days net"])
    for made in (book.properties,):
        made.created = made.modified = datetime(2026, 11, 20)  # noqa: DTZ001 - as above
    book.save(HERE / "beta.xlsx")
