"""The schema of every output table, as data, and rows of a table as CSV text.

Exports write their headers from here and the documentation prints the same schema. In every table an empty
cell is unknown, never 0; money is in US dollars; rows of a table never hold totals of other rows.
"""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from io import StringIO
from itertools import product
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from topogen.records import dataclass
from topogen.units import BoundaryWord, format_decimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Unit: TypeAlias = Literal[
    "text", "count", "number", "USD", "USD/(Tb/s)", "m", "W", "Gb/s", "Tb/s", "pJ/bit", "percent",
    "date", "true/false", "id", "mm", "Mb/s",
]  # fmt: skip
"""What a cell holds; ``count`` is whole wherever things are bought whole, shares of makers may divide it."""

ENDS = ("both", "one")
SCOPES = ("all_tiers", "nic_only")
GPUS = ("package", "die")
AS_MODELLED = "both_all_tiers"
"""The count basis of every column that names none: both ends of each link, all tiers."""


@dataclass(frozen=True)
class Column:
    """A column of a table."""

    name: str
    unit: Unit
    meaning: str


@dataclass(frozen=True)
class CountBasis:
    """One way to count ends and GPUs."""

    ends: str
    scope: str
    gpu: str

    @property
    def suffix(self) -> str:
        """Return what a column of this basis ends with."""
        return f"_{self.ends}_{self.scope}_{self.gpu}"

    @property
    def sentence(self) -> str:
        """Return the basis in words."""
        ends = (
            "both ends of each link"
            if self.ends == "both"
            else "one end of each link: the a end, or the modelled one"
        )
        scope = "all tiers" if self.scope == "all_tiers" else "of scale-out only ends that are no switch"
        return f"{ends}; {scope}; per GPU {self.gpu}"


OTHER_BASES = tuple(CountBasis(*words) for words in product(ENDS, SCOPES, GPUS))[1:]
"""Every count basis but the first, which is as modelled and per package and needs no suffix."""


def other_bases(name: str, unit: Unit) -> tuple[Column, ...]:
    """Return a column for each further count basis of the column ``name``."""
    return tuple(Column(name + basis.suffix, unit, f"{name}: {basis.sentence}") for basis in OTHER_BASES)


# Prices out and back

PRICE_TEMPLATE = (
    Column("part_id", "text", "part of the catalog; leave as it is"),
    Column("description", "text", "what the part is"),
    Column("mpn", "text", "manufacturer's part number, of this length; fill it in where it is empty"),
    Column("length_m", "m", "length as sold; leave as it is"),
    Column("qty_order", "count", "pieces to order, see order.csv"),
    Column("qty_design", "count", "pieces in the model"),
    Column("unit", "text", "what is counted: each; leave as it is"),
    Column("unit_price", "number", "to fill in: price per piece, pack or metre"),
    Column("currency", "text", "to fill in: three letters, such as USD or EUR"),
    Column("price_per", "text", "to fill in: piece | pack | m"),
    Column("moq", "count", "to fill in: least pieces of an order"),
    Column("pack_qty", "count", "to fill in: pieces per pack"),
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

# Parts

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
        "qty_required less qty_inside, at least moq, in whole packs; empty if nothing is ordered",
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
    Column("need_by", "date", "need_by of the file, or --need-by"),
    Column("order_by", "date", "need_by less the lead time"),
    Column("slack_days", "count", "days from --order-date to order_by; negative: too late"),
    Column("lifecycle", "text", "announced | active | last_time_buy | end_of_life"),
    Column("sole_source", "true/false", "whether a single vendor makes it"),
    Column("alternate_of", "text", "parts that it is bought as an alternate of, ;-separated"),
    Column("country_of_origin", "text", "two letters of ISO 3166"),
    Column("hs_code", "text", "customs code of the Harmonized System"),
    Column("weight_kg_each", "number", "weight per piece"),
    Column("weight_kg_total", "number", "qty_order x weight_kg_each"),
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
        "placeholder_mpn | no_mpn | default_length | no_spares",
    ),
    Column("part_id", "text", "part of the catalog; empty where none is named"),
    Column("qty_design", "count", "pieces affected; empty if none can be counted"),
    Column("links_affected", "count", "links that use these pieces"),
    Column("example_link", "text", "group and both ends of the first such link"),
    Column("what_to_do", "text", "what is missing and what to add"),
)

# Roll-ups

PER_GPU = (
    Column("scenario", "text", "scenario; empty for the file without one"),
    Column("gpu_basis", "text", "package: the GPU basis of columns without a suffix"),
    Column("gpus", "count", "GPU packages"),
    Column("gpu_dies", "count", "GPU dies; empty where a type does not say"),
    Column("count_basis", "text", "both x all_tiers: the count basis of columns without a suffix"),
    Column("network", "text", "network; several joined by +"),
    Column(
        "tier",
        "text",
        "0 on a board, 1 from an endpoint to its first switch, and so on; 1+2 for a pool of both",
    ),
    Column("link_group", "text", "link group; joined by + where a pool serves several"),
    Column("medium", "text", "medium that owns the part; a+b of a link whose ends differ"),
    Column("category", "text", "recipe line, device, or link: the links themselves"),
    Column("cost_scope", "text", "interconnect | network_device; hosts and systems are left out"),
    Column("part_id", "text", "part of the catalog; empty for links and for gaps"),
    Column("qty_total", "count", "pieces, all lengths; or links"),
    Column("qty_per_gpu", "number", "qty_total / gpus"),
    Column("cost_total", "USD", "cost of the row"),
    Column("currency", "text", "USD"),
    Column("cost_per_gpu", "USD", "cost_total / gpus"),
    Column("cost_per_gpu_low", "USD", "the same at low prices; base where there is no range"),
    Column("cost_per_gpu_high", "USD", "the same at high prices; base where there is no range"),
    Column("power_w_total", "W", "power of the row; spares draw none"),
    Column("power_w_per_gpu", "W", "power_w_total / gpus"),
    Column("power_boundary", "text", "consumer of the power: engine, laser (the ELS), module, device ..."),
    Column("bw_tbps_per_dir_total", "Tb/s", "links x rate, one direction; only in rows of links"),
    Column("bw_tbps_ends_per_gpu", "Tb/s", "links x rate x ends in the model / gpus; only in rows of links"),
    Column("cost_per_tbps", "USD/(Tb/s)", "cost_total / bandwidth of its link groups, one direction"),
    Column("pj_per_bit", "pJ/bit", "power_w_total / (rate x ends in the model with this medium)"),
    *(
        Column(
            f"{name}_energy_w", "W", f"power at the boundary {name}, shared by traffic; only in rows of links"
        )
        for name in get_args(BoundaryWord)
    ),
    Column("lasers_per_gpu", "number", "laser chips inside ELS, engines and modules of the row / gpus"),
    Column("els_per_gpu", "number", "external light sources / gpus"),
    Column("engines_per_gpu", "number", "engines / gpus, fitted spares included"),
    Column("fibres_per_gpu", "number", "data fibres / gpus; only in rows of links"),
    *other_bases("qty_per_gpu", "number"),
    *other_bases("cost_per_gpu", "USD"),
    *other_bases("bw_tbps_ends_per_gpu", "Tb/s"),
)

PER_GPU_BY_TYPE = (
    Column("gpu_types", "text", "GPU device types that the links of the row serve, ;-separated"),
    Column("gpus_served", "count", "GPU packages of these types"),
    Column("qty_per_gpu_served", "number", "qty_total / gpus_served"),
    Column("cost_per_gpu_served", "USD", "cost_total / gpus_served"),
    Column("power_w_per_gpu_served", "W", "power_w_total / gpus_served"),
)
"""Further columns of ``per_gpu.csv`` where a fabric has several types of GPU."""

PER_VENDOR = (
    Column("scenario", "text", "scenario; empty for the file without one"),
    Column(
        "view",
        "text",
        "procurement: paid to each vendor; content: earned by each layer; do not add the views",
    ),
    Column("vendor", "text", "maker; unassigned if none is named; margin is a layer of its own"),
    Column("layer", "text", "layer of the value chain"),
    Column("category", "text", "recipe line it is bought for, or device; +-joined"),
    Column("cost_scope", "text", "interconnect | network_device"),
    Column("part_id", "text", "part of the catalog"),
    Column("share_pct", "percent", "share of the pieces of this part; procurement only"),
    Column("qty", "number", "pieces; a share of a whole may be a fraction"),
    Column("unit_value", "USD", "value_total / qty"),
    Column("unit_value_low", "USD", "value_total_low / qty"),
    Column("unit_value_high", "USD", "value_total_high / qty"),
    Column("currency", "text", "USD"),
    Column("value_total", "USD", "value of the row; each view sums to the same total as bom_flat"),
    Column("value_total_low", "USD", "the same at low prices; base where there is no range"),
    Column("value_total_high", "USD", "the same at high prices; base where there is no range"),
    Column("value_per_gpu", "USD", "value_total / GPU packages"),
    Column("value_per_rack", "USD", "value_total / places of level rack"),
    Column("value_pct_of_view", "percent", "share of the view's total"),
    Column(
        "value_pct_of_scope", "percent", "share of the total of view and cost_scope, as `topogen bom` shows"
    ),
    Column(
        "value_basis",
        "text",
        "price | value_added (price less margin and contents) | upper_bound (as before, "
        "some contents have no price) | margin; of unassigned value: no_maker (none published) | "
        "content_not_priced",
    ),
    Column("candidates", "text", "makers named for unassigned value; several joined by ;"),
    Column("count_basis", "text", "both x all_tiers: as modelled"),
    Column("confidence", "text", "official | list | analyst | article | estimate"),
    Column("source", "text", "key in sources: of the catalog"),
    Column("as_of", "date", "date of the source"),
    Column("notes", "text", "what is missing"),
)

PER_LAYER = (
    Column("scenario", "text", "scenario; empty for the file without one"),
    Column("cost_scope", "text", "interconnect | network_device"),
    Column(
        "layer",
        "text",
        "layer of the value chain; margin where a part states one; empty where none is stated",
    ),
    Column("currency", "text", "USD"),
    Column("value_total", "USD", "value of the layer; a cost scope sums to the same total as bom_flat"),
    Column("value_total_low", "USD", "the same at low prices; base where there is no range"),
    Column("value_total_high", "USD", "the same at high prices; base where there is no range"),
    Column("value_per_gpu", "USD", "value_total / GPU packages"),
    Column("value_pct_of_scope", "percent", "share of the total of the cost scope"),
    Column("value_assigned", "USD", "value_total less the two columns that follow: earned by named makers"),
    Column("value_no_maker", "USD", "value whose maker is not published"),
    Column(
        "value_content_not_priced", "USD", "value without a maker that still holds contents without a price"
    ),
)

# Links

LINK_CLASSES = (
    Column("network", "text", "scale_up | scale_out | front_end | storage | management | board"),
    Column("tier", "count", "0 on a board, 1 from an endpoint to its first switch, and so on"),
    Column("link_group", "text", "link group; GROUP/MEDIUM where a policy chose several media for its links"),
    Column("a_type", "text", "device type or role at the a end"),
    Column("b_type", "text", "device type or role at the b end, or the label of what is not modelled"),
    Column("links", "count", "links of this class"),
    Column("rate_gbps", "Gb/s", "rate of a link, one direction"),
    Column("lane_rate_gbps", "Gb/s", "rate of a lane of its ports, one direction"),
    Column("length_m", "m", "length of a link, slack included"),
    Column("reach_m", "m", "reach of the medium at this lane rate; the shorter of both ends"),
    Column("margin_m", "m", "reach - length"),
    Column("medium", "text", "medium; a+b where the ends differ"),
    Column(
        "rule_matched",
        "text",
        "policy and rule, or override, that chose the medium; empty: named in the file",
    ),
    Column("alternatives_rejected", "text", "MEDIUM: reason, ;-separated"),
)


def _end(side: str) -> tuple[Column, ...]:
    breakout = Column(
        "a_breakout", "count", "number of the leg, from 1, of a cable that ends in several cages"
    )
    return (
        Column(f"{side}_row", "text", "row of the layout"),
        Column(f"{side}_rack", "text", "full name of the rack"),
        Column(f"{side}_u", "count", "U position; the lowest U of a device of several U"),
        Column(f"{side}_device", "text", "full name of the device, or the label of what is not modelled"),
        Column(f"{side}_port", "text", "port, such as nvl3; up0-1 and up0+2 where a cable takes several"),
        Column(
            f"{side}_cage",
            "count",
            "cage of the port: as printed on its panel, else from 0 in its device or the place of `cage.on`",
        ),
        *([breakout] if side == "a" else []),
        Column(f"{side}_optic_part", "text", "module at this end, else the engine of its medium"),
    )


def _seen(side: str) -> tuple[Column, ...]:
    return (
        Column(f"{side}_name", "text", "name of the device by `names`, else its full name"),
        Column(
            f"{side}_port_name",
            "text",
            "name of the port by `names`, else in the operating system of its panel, else its design name",
        ),
        Column(f"{side}_leg", "count", "link within its cage, from 1; of several, the first"),
        Column(f"{side}_plug", "count", "connector of a twin plug, 1 or 2; needs a panel"),
        Column(f"{side}_form_factor", "text", "form factor of the cage; needs a panel"),
    )


CABLE_SCHEDULE = (
    Column(
        "cable_id",
        "text",
        "made of the names of the devices and ports at both ends, and of nothing else; its legs share it",
    ),
    Column("status", "text", "planned"),
    Column("network", "text", "scale_up | scale_out | front_end | storage | management | board"),
    Column("link_group", "text", "link group"),
    *_end("a"),
    *_end("b"),
    Column("medium", "text", "medium; a+b where the ends differ"),
    Column("cable_part_id", "text", "cable part in the medium's recipe"),
    Column("mpn", "text", "manufacturer's part number of the cable"),
    Column("fibre_count", "count", "data fibres in use"),
    Column("lanes", "count", "lanes of the ports"),
    Column("rate_gbps", "Gb/s", "links x rate, one direction"),
    Column("length_route_m", "m", "routed length without slack, or the stated or default length"),
    Column("length_slack_m", "m", "slack added to the routed length"),
    Column("length_order_m", "m", "length to order: longest link of the cable, rounded up to a length sold"),
    Column("length_basis", "text", "routed | measured | stated | default | board | unknown"),
    Column("reach_m", "m", "reach of the medium at this lane rate; the shorter of both ends"),
    Column("margin_m", "m", "reach - length with slack"),
    Column("rev", "text", "short hash of the topology's text"),
    Column("notes", "text", "remarks for the installer"),
    *_seen("a"),
    *_seen("b"),
    Column("rail", "count", "rail of an endpoint or leaf of a fabric with `rails_by`, from 0"),
    Column("plane", "count", "plane of a fabric with `planes`, from 0"),
    Column("pod", "count", "pod of a fat tree of three tiers, from 0; of a link to the top tier, that below"),
    Column("tier", "count", "0 on a board, 1 from an endpoint to its first switch, and so on"),
    Column("loss_budget_db", "number", "optical loss that the medium allows, in dB; the lesser of both ends"),
    Column("loss_est_db", "number", "loss of fibre and connectors in dB; empty if connectors are unknown"),
    Column("label_a", "text", "label of the a end: name:port here/name:port there, else the cable_id and -a"),
    Column("label_b", "text", "label of the b end: name:port here/name:port there, else the cable_id and -b"),
)

LABELS = (
    Column("cable_id", "text", "as in the cable schedule"),
    Column("label", "text", "text of the label: this end first, at most 32 characters; unique"),
    Column("rack", "text", "rack of this end"),
    Column("u", "count", "lowest U of the device at this end"),
    Column("device", "text", "device at this end, as the site names it"),
    Column("port", "text", "port at this end, as the site names it"),
    Column("to_rack", "text", "rack of the other end"),
    Column("to_u", "count", "lowest U of the device at the other end"),
    Column("to_device", "text", "device at the other end"),
    Column("to_port", "text", "port at the other end"),
    Column("cable_part_id", "text", "cable part"),
    Column("length_order_m", "m", "length to order"),
    Column("link_group", "text", "link group"),
)

CABLE_SCHEDULE_NAMED = ("a_name", "a_port_name", "b_name", "b_port_name", "label_a", "label_b")
"""Further columns that are written unless all are asked for, where a file has `names`."""

CABLE_SCHEDULE_DEFAULT = (
    "cable_id", "network", "link_group", "a_rack", "a_u", "a_device", "a_port", "b_rack", "b_u", "b_device",
    "b_port", "medium", "cable_part_id", "rate_gbps", "length_order_m", "length_basis",
)  # fmt: skip
"""Columns of the cable schedule that are written unless all are asked for."""

PULL_SHEET = (
    Column("network", "text", "scale_up | scale_out | front_end | storage | management | board"),
    Column("tier", "count", "0 on a board, 1 from an endpoint to its first switch, and so on"),
    Column("link_group", "text", "link group; GROUP/MEDIUM where a policy chose several media for its links"),
    Column("a_row", "text", "row of the layout"),
    Column("a_rack", "text", "full name of the rack; `no rack` for devices outside racks"),
    Column("b_row", "text", "row of the layout"),
    Column("b_rack", "text", "the same at the b end; `outside` for what is not modelled"),
    Column("medium", "text", "medium; a+b where the ends differ"),
    Column("cable_part_id", "text", "cable part in the medium's recipe"),
    Column("description", "text", "what the part is"),
    Column("length_order_m", "m", "length to order: longest link of the cable, rounded up to a length sold"),
    Column("length_basis", "text", "routed | measured | stated | default | board | unknown"),
    Column("cables", "count", "cables; a breakout to several racks counts in the rack of its first leg"),
    Column("lines", "count", "lines of the cable schedule: one per cable, or per leg of a breakout"),
    Column("links", "count", "links in these cables"),
    Column("notes", "text", "remarks for the installer"),
)

SCHEDULE_IDS = (
    Column("cable_id", "text", "the same as in cable_schedule.csv; the legs of a cable share it"),
    Column("network", "text", "scale_up | scale_out | front_end | storage | management | board"),
    Column("link_group", "text", "link group"),
    Column("a_device", "id", "device at the a end, an id of devices.parquet"),
    Column("a_port", "text", "port, such as nvl3; up0-1 and up0+2 where a cable takes several"),
    Column("b_device", "id", "device at the b end, an id of devices.parquet; empty if it is not modelled"),
    Column("b_port", "text", "port at the b end"),
    Column("b_outside", "text", "label of what is not modelled"),
    Column("leg", "count", "number of the leg, from 1, of a cable that ends in several cages, else 0"),
    Column("medium", "text", "medium; a+b where the ends differ"),
    Column("cable_part_id", "text", "cable part in the medium's recipe"),
    Column("links", "count", "links in the line"),
    Column("rate_mbps", "Mb/s", "links x rate, one direction"),
    Column("length_mm", "mm", "longest link of the cable, slack included"),
    Column("length_order_mm", "mm", "length to order: length_mm, rounded up to a length sold"),
    Column("length_basis", "text", "routed | measured | stated | default | board | unknown"),
)
"""The cable schedule with ids of ``DEVICES`` and ``PLACES`` instead of names."""


def _device_facts() -> tuple[Column, ...]:
    """Return what every list of devices says of them."""
    return (
        Column("type", "text", "device type"),
        Column("role", "text", "gpu | cpu | nic | dpu | switch | host | ocs | other"),
        Column("row", "text", "row of the layout"),
        Column("rack", "text", "name of the rack"),
        Column("u", "count", "U position; the lowest U of a device of several U"),
        Column("height_u", "count", "height in whole U; empty inside a tray, a node or another place"),
        Column("part", "text", "part of the catalog to buy for it"),
        Column("watts", "W", "base power of its part"),
    )


DEVICES = (
    Column("id", "id", "number of the device, from 0"),
    Column("name", "text", "full name"),
    *_device_facts(),
)

DEVICE_LIST = (
    Column("path", "text", "full name in the design, as in a_device and b_device of cable_schedule.csv"),
    Column("name", "text", "name by `names`, else the full name"),
    *_device_facts(),
)

PLACES = (
    Column("id", "id", "number of the place, from 0 over all levels"),
    Column("name", "text", "full name"),
    Column("level", "text", "level: rack, tray, ..."),
    Column("template", "text", "template"),
)

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
}
"""Every CSV table of a build, by the stem of its file."""

# Studies

REACH = (
    Column("network", "text", "scale_up | scale_out | front_end | storage | management | board"),
    Column("lane_rate_gbps", "Gb/s", "rate of a lane of the ports, one direction"),
    Column("reach_m", "m", "assumed copper reach: a length that occurs, or the reach of a medium"),
    Column("media", "text", "copper media with exactly this reach, ;-separated"),
    Column("links_copper", "count", "links up to this length"),
    Column("links_optical", "count", "longer links"),
    Column("pct_optical", "percent", "share of longer links among links of known length"),
    Column(
        "links_unknown", "count", "links of unknown length, not in the other columns; the same in each row"
    ),
    Column(
        "links_optical_rebuilt",
        "count",
        "optical links if the fabric is rebuilt with policies giving copper up to this reach; empty if none "
        "does",
    ),
    Column("engines", "count", "engines of the network in that fabric, spares included"),
    Column(
        "cost_delta_usd",
        "USD",
        "interconnect cost of the network in that fabric less that of the file; empty where other prices are "
        "missing",
    ),
)


def names_of(table: tuple[Column, ...]) -> tuple[str, ...]:
    """Return the header of a table."""
    return tuple(column.name for column in table)


# Rows

Cell: TypeAlias = str | int | Fraction | None
Row: TypeAlias = dict[str, Cell]
"""Cells by column; a missing column is unknown."""


FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_LIKE_A_NUMBER = re.compile(r"0\d+|\d+(\.\d+)?[eE][+-]?\d+|\d{12,}")


def csv_text(table: tuple[Column, ...], rows: Iterable[Mapping[str, Cell]]) -> str:
    """Return a table as CSV: header, one line feed per row, quotes only where needed."""
    text = StringIO()
    names = [column.name for column in table]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell_text(cell) for name, cell in row.items()} for row in rows)
    return text.getvalue()


def cell_text(cell: Cell) -> str:
    """Return the text of a cell: plain numbers with at most 6 decimals, ``true`` or ``false``.

    >>> cell_text(True), cell_text(Fraction(1, 3)), cell_text(None)
    ('true', '0.333333', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Fraction):
        return format_decimal(cell)
    return inert(cell) if isinstance(cell, str) else str(cell)


def inert(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula or turns into a number.

    An apostrophe goes before ``=``, ``+``, ``-``, ``@`` and a tab at the start, and before an id such as
    ``1E10`` or ``00012345``; removing one apostrophe at the start gives the text again.

    >>> inert("=1+1"), inert("1E10"), inert("leaf 7"), inert("'quoted'")
    ("'=1+1", "'1E10", 'leaf 7', "''quoted'")
    """
    return f"'{text}" if text[:1] in FORMULA or _LIKE_A_NUMBER.fullmatch(text) else text


def quoted(text: str) -> str:
    """Return a text as a CSV cell, quoted where needed.

    >>> quoted("leaf 7, spare")
    '"leaf 7, spare"'
    """
    line = StringIO()
    csv.writer(line, lineterminator="").writerow([inert(text), ""])
    return line.getvalue()[:-1]
