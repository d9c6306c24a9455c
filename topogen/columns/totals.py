"""Columns of the totals per GPU, per vendor and per layer."""

from __future__ import annotations

from typing import get_args

from topogen.columns.column import Column
from topogen.columns.count_basis import other_bases
from topogen.units import BoundaryWord

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
