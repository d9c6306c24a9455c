"""The schema of every table: names, units, and the columns that users were promised, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from topogen.columns import (
    CABLE_SCHEDULE,
    CABLE_SCHEDULE_DEFAULT,
    OTHER_BASES,
    PARQUET_TABLES,
    STUDY_TABLES,
    TABLES,
    names_of,
)

if TYPE_CHECKING:
    from topogen.columns import Column

PROMISED = {
    "link_classes": "length_m reach_m margin_m medium rule_matched alternatives_rejected",
    "bom_flat": """
        line_no part_id mpn manufacturer supplier description category network medium uom
        qty_design attrition_qty spare_qty spare_rule qty_required moq pack_qty qty_order
        unit_cost unit_cost_low unit_cost_high currency extended_cost extended_cost_low extended_cost_high
        price_basis price_source price_date quote_valid_until confidence
        lead_time_weeks need_by order_by lifecycle sole_source alternates rohs_reach_note country_of_origin
        hs_code
        power_w_each power_w_total weight_kg_each where_used_count where_used_sample phase topology_rev
        catalog_rev notes""",
    "bom_indented": """
        level line_id parent_line_id find_no part_id mpn manufacturer description category network link_group
        medium per qty_per_parent qty_extended uom where_used phase unit_cost currency extended_cost
        content_value price_basis price_date confidence notes""",
    "bom_gaps": "line_no reason part_id qty_design links_affected example_link what_to_do",
    "per_gpu": """
        scenario gpu_basis gpus count_basis network tier link_group medium category part_id
        qty_total qty_per_gpu cost_total currency cost_per_gpu cost_per_gpu_low cost_per_gpu_high
        power_w_total power_w_per_gpu power_boundary bw_tbps_per_dir_total bw_tbps_ends_per_gpu
        cost_per_tbps pj_per_bit lasers_per_gpu els_per_gpu engines_per_gpu fibres_per_gpu""",
    "per_vendor": """
        scenario view vendor layer category part_id share_pct qty unit_value unit_value_low unit_value_high
        currency value_total value_per_gpu value_per_rack value_pct_of_view value_basis count_basis
        confidence source as_of notes""",
    "pull_sheet": "a_rack b_rack cable_part_id length_order_m cables",
    "cable_schedule": """
        cable_id label_a label_b status phase install_seq network link_group rail plane
        a_site a_room a_row a_rack a_u a_face a_device a_port a_breakout a_connector a_optic_part
        b_site b_room b_row b_rack b_u b_face b_device b_port b_breakout b_connector b_optic_part
        medium cable_part_id mpn color connector_polarity fibre_count fibre_type lanes rate_gbps
        length_route_m length_slack_m length_order_m length_basis reach_m margin_m loss_budget_db loss_est_db
        via bundle tray_path bend_note rev notes""",
}
ADDED = {
    "bom_flat": {"cost_scope", "length_m"},
    "bom_indented": {"cost_scope", "length_m"},
    "bom_gaps": set(),
    "per_gpu": {"gpu_dies", "cost_scope"}
    | {f"{boundary}_energy_w" for boundary in ("engine", "laser", "module", "host")}
    | {
        name + basis.suffix
        for name in ("qty_per_gpu", "cost_per_gpu", "bw_tbps_ends_per_gpu")
        for basis in OTHER_BASES
    },
    "per_vendor": {"cost_scope", "value_total_low", "value_total_high"},
    "link_classes": {
        "network",
        "tier",
        "link_group",
        "a_type",
        "b_type",
        "links",
        "rate_gbps",
        "lane_rate_gbps",
    },
    "pull_sheet": {
        "network",
        "tier",
        "link_group",
        "a_row",
        "b_row",
        "medium",
        "description",
        "length_basis",
        "lines",
        "links",
        "notes",
    },
    "cable_schedule": set[str](),
}
SUFFIXES = {
    "_m": "m",
    "_mm": "mm",
    "_mbps": "Mb/s",
    "_w": "W",
    "_gbps": "Gb/s",
    "_db": "dB",
    "_pct": "percent",
    "_weeks": "weeks",
}


@pytest.mark.parametrize("table", TABLES)
def test_a_table_holds_what_was_promised_and_what_is_noted_as_added(table: str) -> None:
    names = names_of(TABLES[table])
    assert [name for name in names if name not in ADDED[table]] == PROMISED[table].split()
    assert set(names) - set(PROMISED[table].split()) == ADDED[table]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "column",
    [column for table in (TABLES | STUDY_TABLES | PARQUET_TABLES).values() for column in table],
)
def test_a_column_says_its_unit_at_the_end_of_its_name_and_what_it_means(column: Column) -> None:
    for suffix, unit in SUFFIXES.items():
        if column.name.endswith(suffix):
            assert column.unit == unit
    assert column.meaning


def test_the_default_schedule_is_the_full_one_with_columns_left_out() -> None:
    full = names_of(CABLE_SCHEDULE)
    assert [name for name in full if name in CABLE_SCHEDULE_DEFAULT] == list(CABLE_SCHEDULE_DEFAULT)
    assert len(CABLE_SCHEDULE_DEFAULT) == 16


def test_further_bases_are_all_combinations_but_the_one_as_modelled() -> None:
    assert [basis.suffix for basis in OTHER_BASES] == [
        "_both_all_tiers_die",
        "_both_nic_only_package",
        "_both_nic_only_die",
        "_one_all_tiers_package",
        "_one_all_tiers_die",
        "_one_nic_only_package",
        "_one_nic_only_die",
    ]
