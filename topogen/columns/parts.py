"""Columns of the bill of materials, its gaps and the order."""

from __future__ import annotations

from topogen.columns.column import Column

BOM_FLAT = (
    Column("line_no", "count", "row number, from 1"),
    Column("part_id", "text", "part of the catalog"),
    Column("mpn", "text", "manufacturer's part number"),
    Column("manufacturer", "text", "makers of the part, ;-separated; shares are in per_vendor"),
    Column("description", "text", "what the part is"),
    Column("category", "text", "recipe lines that need it (engine, els, cord ...); device: one per device"),
    Column(
        "cost_scope",
        "text",
        "interconnect | network_device | host | system (bought whole); cost of the last two is not summed",
    ),
    Column("network", "text", "networks it is for, ;-separated"),
    Column("medium", "text", "media whose recipe needs it, ;-separated"),
    Column("uom", "text", "unit of measure: each"),
    Column("length_m", "m", "length as sold: one cord at 5 m and at 7 m is two orderable lines"),
    Column(
        "length_basis",
        "text",
        "routed | measured | stated | default | board | unknown, ;-separated; empty: not sold by length",
    ),
    Column("qty_design", "count", "pieces in the model"),
    Column("qty_required", "count", "pieces to have, of all rows of this part and length: see order.csv"),
    Column("qty_order", "count", "pieces to order, of all rows of this part and length: see order.csv"),
    Column("unit_cost", "USD", "base price per piece, price per metre included"),
    Column("unit_cost_low", "USD", "low price; empty where the price has no range"),
    Column("unit_cost_high", "USD", "high price; empty where the price has no range"),
    Column("currency", "text", "USD"),
    Column("extended_cost", "USD", "qty_design x unit_cost; empty for hosts and systems"),
    Column("extended_cost_low", "USD", "the same at the low price; at the base price without a range"),
    Column("extended_cost_high", "USD", "the same at the high price; at the base price without a range"),
    Column("price_basis", "text", "price | price_and_metres | mean_of_alternates | wafer_over_good_dies"),
    Column(
        "basis", "text", "market of the price: cost (of a system maker) | asp (volume) | list | content | set"
    ),
    Column("price_source", "text", "key in sources: of the catalog"),
    Column("price_date", "date", "date of the source"),
    Column("confidence", "text", "official | list | analyst | article | estimate"),
    Column("sole_source", "true/false", "whether a single vendor makes it"),
    Column("alternates", "text", "part ids of alternates, ;-separated, in the catalog's order"),
    Column("power_w_each", "W", "base power per piece"),
    Column("power_w_total", "W", "pieces in use x power_w_each: spares draw none; empty for systems"),
    Column("where_used_count", "count", "link groups, device types or templates that use it"),
    Column("where_used_sample", "text", "the first three of them, ;-separated"),
    Column("topology_rev", "text", "short hash of the topology's text"),
    Column("catalog_rev", "text", "short hash of the catalog's text"),
    Column("notes", "text", "missing prices; buildable counts that differ"),
)

ORDER = (
    Column("line_no", "count", "row number, from 1"),
    Column(
        "part_id", "text", "part of the catalog; one row a part and length, alternates in rows of their own"
    ),
    Column("mpn", "text", "manufacturer's part number, of this length"),
    Column("manufacturer", "text", "makers of the part, ;-separated; shares are in per_vendor"),
    Column("supplier", "text", "who it is ordered from"),
    Column("description", "text", "what the part is"),
    Column("cost_scope", "text", "interconnect | network_device | host | system (bought whole), ;-separated"),
    Column("uom", "text", "unit of measure: each"),
    Column("length_m", "m", "length as sold"),
    Column("qty_design", "count", "pieces in the model; 0 for what is ordered as a spare only"),
    Column(
        "qty_inside", "count", "pieces of these that come inside something bought whole, or as parts of it"
    ),
    Column(
        "attrition_qty", "count", "pieces lost at installation: attrition of those not inside, rounded up"
    ),
    Column("spare_qty", "count", "spares; empty where FIT or lead time is not known"),
    Column("spare_rule", "text", "the policy behind the spares"),
    Column(
        "qty_required", "count", "qty_design + attrition_qty + spare_qty; at least, if these are not known"
    ),
    Column("moq", "count", "least pieces of an order"),
    Column("pack_qty", "count", "pieces per pack"),
    Column(
        "qty_order",
        "count",
        "qty_required less qty_inside and left_over, at least moq, in whole packs; empty if none is ordered",
    ),
    Column(
        "price_break_qty", "count", "quantity from which the unit cost holds; empty: from the first piece"
    ),
    Column("unit_cost", "USD", "base price per piece at that quantity, price per metre included"),
    Column("unit_cost_low", "USD", "low price; empty where the price has no range"),
    Column("unit_cost_high", "USD", "high price; empty where the price has no range"),
    Column("currency", "text", "USD"),
    Column("order_cost", "USD", "qty_order x unit_cost, of hosts and systems too"),
    Column("order_cost_low", "USD", "the same at the low price; at the base price without a range"),
    Column("order_cost_high", "USD", "the same at the high price; at the base price without a range"),
    Column("price_source", "text", "key in sources: of the catalog"),
    Column("price_date", "date", "date of the source"),
    Column("confidence", "text", "official | list | analyst | article | estimate"),
    Column("lead_time_weeks", "number", "weeks from order to delivery"),
    Column("phase", "text", "phase that orders it; quantities are what it adds to the phases before"),
    Column("left_over", "count", "pieces left over from orders of earlier phases, used first"),
    Column("qty_ordered", "count", "pieces ordered up to and including this phase"),
    Column("need_by", "date", "need_by of the file or phase, or --need-by"),
    Column("order_by", "date", "need_by less the lead time"),
    Column("slack_days", "count", "days from --order-date to order_by; negative: too late"),
    Column("lifecycle", "text", "announced | active | last_time_buy | end_of_life"),
    Column("sole_source", "true/false", "whether a single vendor makes it"),
    Column("alternate_of", "text", "parts that it is bought as an alternate of, ;-separated"),
    Column("country_of_origin", "text", "two letters of ISO 3166"),
    Column("hs_code", "text", "customs code of the Harmonized System"),
    Column(
        "weight_kg_each",
        "number",
        "weight per piece, a cable's of its length; without plugs if only per metre",
    ),
    Column("weight_kg_total", "number", "qty_order x weight_kg_each"),
    Column("boxes", "count", "qty_order / pack_qty; empty where the pack is not known"),
    Column("topology_rev", "text", "short hash of the topology's text"),
    Column("catalog_rev", "text", "short hash of the catalog's text"),
    Column("notes", "text", "why nothing is ordered; what is not known"),
)

BOM_INDENTED = (
    Column("level", "count", "1 project, 2 network, then place, device, part, content: 1 + level of parent"),
    Column("line_id", "count", "row number, from 1"),
    Column("parent_line_id", "count", "row this one belongs to"),
    Column("find_no", "count", "position among the rows of one parent, from 1"),
    Column("part_id", "text", "part of the catalog; empty for rows that only group others"),
    Column("mpn", "text", "manufacturer's part number"),
    Column("manufacturer", "text", "who makes the part, ;-separated"),
    Column("description", "text", "what it is"),
    Column("category", "text", "project, network, level of a place, device, or recipe line of a part"),
    Column(
        "cost_scope",
        "text",
        "interconnect | network_device | host | system (bought whole); cost of the last two is not summed",
    ),
    Column("network", "text", "network; joined by + where a device is in several"),
    Column("link_group", "text", "link groups it serves, joined by +"),
    Column("medium", "text", "medium whose recipe needs it"),
    Column("per", "text", "link | lane | end | device | pool; content: inside the part above"),
    Column("length_m", "m", "length as sold"),
    Column("qty_per_parent", "number", "pieces in each piece above; empty where they do not divide evenly"),
    Column("qty_extended", "number", "pieces in all: the product of qty_per_parent down the path"),
    Column("uom", "text", "unit of measure: each"),
    Column("where_used", "text", "names from the network down, joined by /"),
    Column("unit_cost", "USD", "base price per piece, price per metre included"),
    Column("currency", "text", "USD"),
    Column(
        "extended_cost", "USD", "qty_extended x unit_cost; empty for hosts, systems, contents: may be summed"
    ),
    Column("content_value", "USD", "value of contents: already in the price of the part that contains them"),
    Column("price_basis", "text", "price | price_and_metres | mean_of_alternates | wafer_over_good_dies"),
    Column("price_date", "date", "date of the source"),
    Column("confidence", "text", "official | list | analyst | article | estimate"),
    Column("notes", "text", "why there is no qty_per_parent; what is missing"),
)

BOM_GAPS = (
    Column("line_no", "count", "row number, from 1"),
    Column(
        "reason",
        "text",
        "no_part | no_price | no_content_price | no_length | not_sold | no_power; of the order: "
        "placeholder_mpn | no_mpn | default_length | no_spares | other_price",
    ),
    Column("part_id", "text", "part of the catalog; empty where none is named"),
    Column("qty_design", "count", "pieces affected; empty if none can be counted"),
    Column("links_affected", "count", "links that use these pieces"),
    Column("example_link", "text", "group and both ends of the first such link"),
    Column("what_to_do", "text", "what is missing and what to add"),
)
