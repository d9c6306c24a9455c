"""Columns of the link classes, the cable schedule, the labels and the pull sheet."""

from __future__ import annotations

from topogen.columns.column import Column

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
        Column(f"{side}_face", "text", "face of the rack that the port is at: front | rear; as stated"),
    )


CABLE_SCHEDULE = (
    Column(
        "cable_id",
        "text",
        "made of the names of the devices and ports at both ends, and of nothing else; "
        "its legs share that of the first",
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
    Column("rail", "count", "rail of an endpoint or leaf of what has `rails_by`, from 0"),
    Column("plane", "count", "plane of a fabric with `planes`, from 0"),
    Column("pod", "count", "pod of a fat tree of three tiers, from 0; of a link to the top tier, that below"),
    Column("tier", "count", "0 on a board, 1 from an endpoint to its first switch, and so on"),
    Column("loss_budget_db", "number", "optical loss that the medium allows, in dB; the lesser of both ends"),
    Column("loss_est_db", "number", "loss of fibre and connectors in dB; empty if connectors are unknown"),
    Column(
        "label_a",
        "text",
        "label of the a end by `names`, else name:port here/name:port there, or the cable_id and -a",
    ),
    Column(
        "label_b",
        "text",
        "label of the b end by `names`, else name:port here/name:port there, or the cable_id and -b",
    ),
    Column("phase", "text", "phase in which the cable is laid first"),
    Column(
        "bundle",
        "count",
        "cables between two racks, numbered from 1 by their longest; empty for links through patch panels",
    ),
    Column(
        "install_order",
        "count",
        "place in the bundle from 1: the longest first, each leg by itself, a shuffle cord once",
    ),
)

LABELS = (
    Column("cable_id", "text", "as in the cable schedule; piece_id of patching.csv for cords and trunks"),
    Column(
        "label",
        "text",
        "text of the label: this end first, at most 32 characters unless `names` says more; unique",
    ),
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
    Column("phase", "text", "phase in which the cable is laid first; empty for cords and trunks"),
)

PATCHING = (
    Column("piece_id", "text", "cable_id and .a or .b for a cord; the two panels and a number for a trunk"),
    Column("piece", "text", "cord_a, trunk or cord_b; the a end of a cord is at the device"),
    Column("cable_id", "text", "link that a cord belongs to, as in the cable schedule; empty for a trunk"),
    Column("link_group", "text", "link group, or groups that share a trunk"),
    Column("a_rack", "text", "rack of the a end"),
    Column("a_u", "count", "U of the device or panel at the a end"),
    Column("a_device", "text", "device at the a end as the site names it, or patch panel"),
    Column("a_port", "text", "port, or position of the panel from 1; a range for a trunk"),
    Column("b_rack", "text", "rack of the b end"),
    Column("b_u", "count", "U of the panel at the b end"),
    Column("b_device", "text", "patch panel at the b end"),
    Column("b_port", "text", "position of the panel from 1; a range for a trunk"),
    Column("part_id", "text", "cord or trunk part; empty if none is known, which is a gap"),
    Column("polarity", "text", "a | b | c, by TIA-568; empty if the part states none"),
    Column("strands", "count", "fibres of the piece"),
    Column("strands_used", "count", "fibres that carry a link; the others are spare"),
    Column("length_m", "m", "length with slack"),
    Column("length_order_m", "m", "length to order: length_m, rounded up to a length sold"),
    Column("length_basis", "text", "routed | measured | default | unknown"),
    Column("label_a", "text", "label of the a end: this end first, else the piece_id and -a"),
    Column("label_b", "text", "label of the b end: this end first, else the piece_id and -b"),
    Column("notes", "text", "remarks for the installer"),
)

CABLE_SCHEDULE_NAMED = ("a_name", "a_port_name", "b_name", "b_port_name", "label_a", "label_b")
"""Further columns that are written unless all are asked for, where a file has `names`."""

CABLE_SCHEDULE_PHASED = ("phase",)
"""The same, where a file has `phases`."""

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
    Column(
        "length_order_mm", "mm", "length to order: length_mm, rounded up to a length sold; empty with through"
    ),
    Column("length_basis", "text", "routed | measured | stated | default | board | unknown"),
    Column(
        "through", "text", "patch panels from a to b, ;-separated: pieces and lengths are in patching.csv"
    ),
)
"""The cable schedule with ids of ``DEVICES`` and ``PLACES`` instead of names."""
