"""Columns of what the phases of an installation add and re-cable."""

from __future__ import annotations

from topogen.columns.column import Column

PHASES = (
    Column("phase", "text", "phase of the file"),
    Column("need_by", "date", "day by which its parts must be delivered"),
    Column("gpus", "count", "GPU packages after it"),
    Column("links", "count", "links after it"),
    Column("cables", "count", "cables of the schedule after it; a splitter is one"),
    Column("cables_pulled", "count", "cables laid in it, those that replace others included"),
    Column("cables_re_terminated", "count", "cables laid before of which an end moves"),
    Column("cables_removed", "count", "cables laid before that are taken out, those replaced included"),
    Column("cables_relabelled", "count", "cables laid before that stay and need new labels"),
    Column("parts_bought", "count", "pieces that it adds to the bill, of all cost scopes"),
    Column("parts_removed", "count", "pieces that it takes out of the bill"),
    Column("usd", "USD", "base price of the pieces bought, interconnect and network devices"),
    Column("usd_low", "USD", "the same at the low price; at the base price without a range"),
    Column("usd_high", "USD", "the same at the high price; at the base price without a range"),
    Column("usd_at_least", "true/false", "whether prices are missing, so that the true cost is higher"),
    Column("gaps", "count", "gaps of its design that lack a price, see bom_gaps.csv for the last phase"),
    Column("switch_ports", "count", "ports of the switches after it"),
    Column("switch_ports_unused", "count", "those of them without a link: stranded until a later phase"),
    Column("boxes", "count", "packs that arrive for it, with spares: order.csv by phase"),
    Column("boxes_gaps", "count", "rows of its order of unknown pack or spares: there are more boxes"),
    Column("weight_kg", "number", "kilograms that arrive for it, with spares: order.csv by phase"),
    Column("weight_gaps", "count", "rows of its order of unknown weight or spares: it weighs more"),
)

RECABLE = (
    Column("phase", "text", "phase that touches the cable"),
    Column("need_by", "date", "day by which its parts must be delivered"),
    Column("work", "text", "re-terminate | replace | remove | relabel"),
    Column("laid_in", "text", "phase in which the cable was laid"),
    Column("cable_id_old", "text", "id before; empty for a further leg of a splitter"),
    Column("cable_id_new", "text", "id after; empty where it is removed"),
    Column("network", "text", "network"),
    Column("link_group", "text", "link group"),
    Column("a_from", "text", "device:port of the a end before"),
    Column("b_from", "text", "device:port of the b end before"),
    Column("a_to", "text", "device:port of the a end after"),
    Column("b_to", "text", "device:port of the b end after"),
    Column("medium_from", "text", "medium before"),
    Column("medium_to", "text", "medium after"),
    Column("length_from_m", "m", "length to order, before"),
    Column("length_to_m", "m", "length to order, after"),
    Column("names_from", "text", "both ends as the site named them, of a cable with new labels"),
    Column("names_to", "text", "both ends as the site names them now"),
)
