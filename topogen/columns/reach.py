"""Columns of the study of copper reach."""

from __future__ import annotations

from topogen.columns.column import Column

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
