"""Columns of the price template and of the report of a price merge."""

from __future__ import annotations

from topogen.columns.column import Column

PRICE_TEMPLATE = (
    Column("part_id", "text", "part of the catalog; leave as it is"),
    Column("description", "text", "what the part is"),
    Column("mpn", "text", "manufacturer's part number, of this length; fill it in where it is empty"),
    Column("length_m", "m", "length as sold; leave as it is"),
    Column("qty_order", "count", "pieces to order, see order.csv"),
    Column("qty_design", "count", "pieces in the model"),
    Column("need_by", "date", "latest day of delivery, of several phases the earliest; empty if not known"),
    Column("unit", "text", "what is counted: each; leave as it is"),
    Column("unit_price", "number", "to fill in: price per piece, pack or metre"),
    Column("currency", "text", "to fill in: three letters, such as USD or EUR"),
    Column("price_per", "text", "to fill in: piece | pack | m"),
    Column("moq", "count", "to fill in: least pieces of an order, if other than given"),
    Column("pack_qty", "count", "to fill in: pieces per pack, if other than given"),
    Column("lead_time_weeks", "number", "to fill in: weeks from order to delivery"),
    Column("valid_until", "date", "to fill in: last day of the quote, such as 2026-12-31"),
    Column("supplier", "text", "to fill in: who quotes; default: the name of the file"),
    Column("remark", "text", "anything else; read by people only"),
    Column("guard", "id", "short hash of part_id, length_m and unit; leave as it is"),
)

PRICE_MERGE = (
    Column("sheet", "text", "file, with the worksheet of one that has several"),
    Column("row", "count", "row of the sheet, from 1"),
    Column(
        "result",
        "text",
        "applied | converted (read otherwise than written, see message) | refused | not_quoted | ignored",
    ),
    Column("kind", "text", "what was found, ;-separated: see the table of kinds"),
    Column("columns", "text", "columns of the sheet that the message is about, ;-separated"),
    Column("part_id", "text", "part, as written in the sheet where it is refused"),
    Column("length_m", "m", "length as sold"),
    Column("supplier", "text", "who quotes"),
    Column("unit_price", "text", "price as written in the sheet"),
    Column("currency", "text", "currency"),
    Column("price_per", "text", "piece | pack | m"),
    Column("unit_price_usd", "USD", "price per piece"),
    Column("qty_order", "count", "pieces that this offer makes you order: at least its moq, in whole packs"),
    Column("award_qty", "count", "pieces awarded to this row; empty where another one is chosen"),
    Column("message", "text", "what was read otherwise, or why it is refused and what to do"),
)
