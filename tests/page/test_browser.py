"""The page in a real browser: tabs, sort, filter, search, reasons, print, and no error in its console."""

from __future__ import annotations

import base64
import re
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.helpers_browser import BROWSER, DRIVER, start
from tests.helpers_fabric import shipped_fabric
from tests.page.test_report import page
from topogen.export.options import Options
from topogen.page.sheets import to_sheets
from topogen.takeoff.roll_up import roll_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

pytestmark = [
    pytest.mark.skipif(not (BROWSER and DRIVER), reason="Chromium and ChromeDriver are not installed"),
]


@pytest.fixture(scope="module")
def chrome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    driver = start(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


def opened(chrome: Chrome, name: str, folder: Path) -> Chrome:
    file = folder / f"{name}.html"
    file.write_text(page(name), encoding="utf-8")
    chrome.get(file.as_uri())
    return chrome


def found(chrome: Chrome, selector: str) -> list[WebElement]:
    elements: list[WebElement] = chrome.find_elements("css selector", selector)
    return elements


def shown(chrome: Chrome, selector: str) -> list[WebElement]:
    return [one for one in found(chrome, selector) if one.is_displayed()]


def column(chrome: Chrome, table: str, at: int) -> list[str]:
    texts: list[str] = chrome.execute_script(
        "return [...document.querySelectorAll(arguments[0])]"
        ".map((row) => row.cells[arguments[1]].textContent)",
        f"#{table} tbody tr",
        at,
    )
    return texts


def heading_at(chrome: Chrome, table: str, name: str) -> int:
    heads: list[Any] = found(chrome, f"#{table} th button")
    return next(at for at, one in enumerate(heads) if one.text.split()[0] == name)


@pytest.mark.parametrize("name", ["gb200-nvl72", "rubin-ultra-cpo-648", "gb300-nvl72-row", "scaleout-10368"])
def test_a_page_opens_without_an_error(chrome: Chrome, name: str, tmp_path: Path) -> None:
    opened(chrome, name, tmp_path)
    assert [one for one in chrome.get_log("browser") if one["level"] == "SEVERE"] == []
    assert len(shown(chrome, "[role=tabpanel]")) == 1
    ready = chrome.execute_script("return performance.getEntriesByType('navigation')[0].domInteractive")
    assert ready > 0


def test_tabs_show_one_picture_and_follow_the_arrow_keys(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    first, second, *_ = found(chrome, "[role=tab]")
    second.click()
    (panel,) = shown(chrome, "[role=tabpanel]")
    assert panel.get_attribute("aria-labelledby") == second.get_attribute("id")
    second.send_keys(Keys.ARROW_LEFT)
    assert first.get_attribute("aria-selected") == "true"
    assert chrome.switch_to.active_element == first


def test_a_column_sorts_both_ways_with_the_unknown_last(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    at = heading_at(chrome, "bom_flat", "extended_cost")
    for down in (False, True):
        found(chrome, "#bom_flat th button")[at].click()
        cells = column(chrome, "bom_flat", at)
        known = [float(one.replace(",", "")) for one in cells if one]
        assert known == sorted(known, reverse=down)
        assert "" not in cells[: len(known)]


def test_a_filter_leaves_the_rows_that_hold_every_word(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    every = column(chrome, "bom_flat", 0)
    (field,) = found(chrome, "#bom_flat input")
    field.send_keys("osfp dr4")
    left = column(chrome, "bom_flat", 0)
    assert 0 < len(left) < len(every)
    assert all("osfp" in one for one in left)
    assert found(chrome, "#bom_flat output")[0].text.startswith(f"{len(left)} of {len(every)} rows, ")


def test_the_schedule_is_searched(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    (field,) = found(chrome, "#cable_schedule input")
    field.send_keys("r1 leaf0")
    rows = found(chrome, "#cable_schedule tbody tr")
    assert rows
    assert all("leaf0" in row.text and "r1" in row.text for row in rows)


def test_a_link_to_a_reason_opens_it(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "rubin-ultra-cpo-648", tmp_path)
    link = next(one for one in found(chrome, ".card a.why") if "optical engines" in one.accessible_name)
    link.click()
    (reason,) = found(chrome, "details[open]")
    assert "792" in reason.text


def test_what_is_shown_is_saved_as_csv(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    found(chrome, "#bom_flat input")[0].send_keys("nvlink_cartridge")
    text = chrome.execute_async_script(
        "const done = arguments[0]; const make = URL.createObjectURL;"
        "URL.createObjectURL = (blob) => { blob.text().then(done); return make(blob); };"
        "document.querySelector('#bom_flat .save').click();"
    )
    head, row = text.splitlines()
    assert head.startswith("part_id,description,")
    assert row.startswith("nvlink_cartridge,")
    assert ",864000," in row or ",864000" in row


def test_a_printed_page_has_every_picture(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb200-nvl72", tmp_path)
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert len(shown(chrome, "[role=tabpanel]")) == len(found(chrome, "[role=tab]"))
    assert shown(chrome, "nav") == []
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_window(chrome: Chrome, width: int, tmp_path: Path) -> None:
    chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    opened(chrome, "rubin-ultra-cpo-648", tmp_path)
    assert chrome.execute_script("return document.documentElement.scrollWidth") <= width
    chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_click_in_a_picture_filters_each_table_by_what_it_has(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    every = {table: column(chrome, table, 0) for table in ("bom_flat", "pull_sheet", "bom_gaps")}
    click = (
        "const mark = document.querySelector('#pictures path');"
        "mark.dataset.key = 'compute/hosts; mpo12_cord | osfp_800g_dr4';"
        "mark.dispatchEvent(new MouseEvent('click', {bubbles: true}));"
    )
    chrome.execute_script(click)
    assert set(column(chrome, "bom_flat", 0)) == {"mpo12_cord", "osfp_800g_dr4"}
    groups = column(chrome, "pull_sheet", heading_at(chrome, "pull_sheet", "link_group"))
    assert set(groups) == {"compute/hosts"}
    assert len(groups) < len(every["pull_sheet"])
    assert all("compute/hosts" in row.text for row in found(chrome, "#cable_schedule tbody tr")[:5])
    chrome.execute_script(click)
    assert {table: column(chrome, table, 0) for table in every} == every


def test_a_box_of_a_graph_tells_what_it_is_and_a_click_on_it_filters_the_tables(
    chrome: Chrome, tmp_path: Path
) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    next(tab for tab in found(chrome, "[role=tab]") if tab.text == "group").click()
    box = next(
        one
        for one in shown(chrome, "#pictures .node")
        if one.get_attribute("data-key").startswith("connectx8 | ")
    )
    (told,) = box.find_elements("css selector", "a")
    tip = told.get_attribute("xlink:title").split("\n")
    assert tip[1].startswith("288 nic, 288 connectx8, ")
    assert "USD 2,150" in tip[1]
    ActionChains(chrome).move_to_element(box).click().perform()
    assert set(column(chrome, "bom_flat", 0)) == {"connectx8", "osfp_800g_dr4"}
    groups = column(chrome, "pull_sheet", heading_at(chrome, "pull_sheet", "link_group"))
    assert set(groups) == {"compute/hosts"}
    assert all("nic" in row.text for row in found(chrome, "#cable_schedule tbody tr")[:5])
    ActionChains(chrome).move_to_element(box).click().perform()
    assert len(column(chrome, "bom_flat", 0)) > 2


def test_every_sheet_starts_a_page(chrome: Chrome, tmp_path: Path) -> None:
    fabric = shipped_fabric("gb300-nvl72-row")
    file = tmp_path / "sheets.html"
    file.write_text(to_sheets(fabric, roll_up(fabric), Options()), encoding="utf-8")
    chrome.get(file.as_uri())
    sheets = len(found(chrome, "section"))
    assert sheets > 1
    pdf = base64.b64decode(chrome.print_page())
    assert len(re.findall(rb"/Type /Page\b", pdf)) >= sheets


def saved(chrome: Chrome, table: str) -> list[str]:
    text: str = chrome.execute_async_script(
        "const [table, done] = arguments; const make = URL.createObjectURL;"
        "URL.createObjectURL = (blob) => {"
        " URL.createObjectURL = make; blob.text().then(done); return make(blob); };"
        "document.querySelector(`#${table} .save`).click();",
        table,
    )
    return text.splitlines()[1:]


def said(chrome: Chrome, table: str) -> tuple[str, str]:
    output, button = (found(chrome, f"#{table} {one}")[0].text for one in ("output", ".save"))
    return output, button


def test_a_long_table_says_what_it_draws_and_filters_saves_and_shows_all_of_it(
    chrome: Chrome, tmp_path: Path
) -> None:
    opened(chrome, "scaleout-10368", tmp_path)
    assert said(chrome, "link_classes") == ("200 of 1,472 rows shown", "CSV of 1,472 rows")
    assert len(saved(chrome, "link_classes")) == 1472
    field = found(chrome, "#link_classes input")[0]
    field.send_keys("compute/hosts")
    kept = saved(chrome, "link_classes")
    assert all("compute/hosts" in line for line in kept)
    assert 200 < len(kept) < 1472
    assert said(chrome, "link_classes")[0] == f"{len(kept):,} of 1,472 rows found, 200 shown"
    found(chrome, "#link_classes .every")[0].click()
    assert len(column(chrome, "link_classes", 0)) == len(kept)


def test_the_schedule_sorts_and_saves_every_line_that_was_found(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "rubin-ultra-cpo-648", tmp_path)
    field = found(chrome, "#cable_schedule input")[0]
    field.send_keys("canister3")
    count = int(said(chrome, "cable_schedule")[1].split()[2].replace(",", ""))
    assert len(saved(chrome, "cable_schedule")) == count > 200
    field.clear()
    field.send_keys(" ")
    at = heading_at(chrome, "cable_schedule", "a_device")
    for down in (False, True):
        found(chrome, "#cable_schedule th button")[at].click()
        cells = [one.rpartition("canister")[2].split("/")[0] for one in column(chrome, "cable_schedule", at)]
        assert [int(one) for one in cells] == sorted((int(one) for one in cells), reverse=down)


def test_a_mark_is_reached_and_pressed_by_keyboard_and_one_line_says_what_it_did(
    chrome: Chrome, tmp_path: Path
) -> None:
    opened(chrome, "scaleout-10368", tmp_path)
    marks = shown(chrome, "#pictures [role=button]")
    keys = [one.get_attribute("data-key") for one in marks]
    assert len(keys) == len(set(keys)) > 1
    at = next(number for number, key in enumerate(keys) if key.startswith("compute/"))
    marks[at].send_keys(Keys.ENTER)
    line = found(chrome, "#picked")[0]
    assert line.text.startswith(f"Filtered by {keys[at].split('; ')[0]}: ")
    assert "Links by length" in line.text
    groups = column(chrome, "link_classes", heading_at(chrome, "link_classes", "link_group"))
    assert len(groups) > 0
    assert set(groups) <= set(keys[at].split("; ")[0].split(" | "))
    found(chrome, "#picked button")[0].click()
    assert line.text == ""
    assert said(chrome, "link_classes")[0] == "200 of 1,472 rows shown"


def test_a_mark_that_no_table_has_says_so(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb200-nvl72", tmp_path)
    chrome.execute_script(
        "const mark = document.querySelector('#pictures [data-key]'); mark.dataset.key = 'nowhere';"
        "mark.dispatchEvent(new MouseEvent('click', {bubbles: true}));"
    )
    assert found(chrome, "#picked")[0].text.startswith("No table has nowhere.")


def test_a_reason_leads_to_the_lines_of_the_catalog_and_back(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb200-nvl72", tmp_path)
    link = next(one for one in found(chrome, "#bom_flat td a") if one.text == "nvlink_cartridge")
    link.click()
    reason = chrome.switch_to.active_element
    assert reason.tag_name == "summary"
    assert "nvlink_cartridge" in reason.text
    found(chrome, "details[open] .back")[0].click()
    assert chrome.switch_to.active_element == link
    place = next(one for one in shown(chrome, "details[open] pre a") if "copper.yaml" in one.text)
    place.click()
    lines = chrome.switch_to.active_element.find_element("xpath", "..")
    number = place.text.rpartition(":")[2]
    assert f"\n{number:>5}  " in lines.get_attribute("textContent").replace("bom_catalog", "\nbom_catalog")
    assert "price_usd" in lines.text
    found(chrome, "details[open] .back")[0].click()
    assert chrome.switch_to.active_element == place


def test_headings_of_tables_break_between_words_only(chrome: Chrome, tmp_path: Path) -> None:
    chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    opened(chrome, "rubin-ultra-cpo-648", tmp_path)
    broken = chrome.execute_script(
        "return [...document.querySelectorAll('th')].filter((head) => {"
        " const walker = document.createTreeWalker(head, NodeFilter.SHOW_TEXT);"
        " const range = document.createRange();"
        " for (let node; node = walker.nextNode();) { range.selectNodeContents(node);"
        "  if (!node.data.includes(' ') && range.getClientRects().length > 1) return true; } return false;"
        "}).map((head) => head.textContent)"
    )
    chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert broken == []


def test_a_title_without_a_space_is_no_wider_than_a_phone(chrome: Chrome, tmp_path: Path) -> None:
    file = tmp_path / "long.html"
    text = (
        page("gb200-nvl72")
        .replace("<h1>", f"<h1>{'x' * 300}")
        .replace('class="lead">', f'class="lead">{"x" * 300}')
    )
    file.write_text(text, encoding="utf-8")
    chrome.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 390, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    chrome.get(file.as_uri())
    assert chrome.execute_script("return document.documentElement.scrollWidth") <= 390
    small = chrome.execute_script(
        "return [...document.querySelectorAll('nav a, .leads a, summary, .tools button')]"
        ".filter((one) => one.offsetParent && (one.offsetHeight < 24 || one.offsetWidth < 24)).length"
    )
    chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert small == 0


def test_in_print_the_alert_is_dark_on_white_and_no_table_is_wider_than_the_sheet(
    chrome: Chrome, tmp_path: Path
) -> None:
    opened(chrome, "scaleout-10368", tmp_path)
    sheet = {"width": 1030, "height": 700, "deviceScaleFactor": 1, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", sheet)
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    colour = found(chrome, ".alert")[0].value_of_css_property("color")
    wide = chrome.execute_script(
        "return [...document.querySelectorAll('table')].filter((one) => one.offsetWidth > 1030)"
        ".map((one) => one.closest('section').id)"
    )
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert colour == "rgba(0, 0, 0, 1)"
    assert wide == []


def numbers(cells: list[str]) -> list[float]:
    return [float(re.sub(r"^([\d.,]+).*$", r"\1", cell).replace(",", "")) for cell in cells if cell]


def test_figures_with_words_behind_them_sort_as_numbers(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    for table, name in (("footnotes", "share_pct"), ("footnotes", "value"), ("expectations", "expected")):
        at = heading_at(chrome, table, name)
        for down in (False, True):
            found(chrome, f"#{table} th button")[at].click()
            cells = numbers(column(chrome, table, at))
            assert cells == sorted(cells, reverse=down), (table, name)


def test_a_search_finds_numbers_without_commas_and_alternatives_without_spaces(
    chrome: Chrome, tmp_path: Path
) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    field = found(chrome, "#bom_flat input")[0]
    for asked, parts in (("1150", {"osfp_1t6_2xdr4"}), ("els8|osfp_1t6_2xdr4", {"osfp_1t6_2xdr4"})):
        field.clear()
        field.send_keys(asked)
        assert set(column(chrome, "bom_flat", 0)) == parts


def test_a_filtered_table_is_saved_under_another_name(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    name = (
        "const click = HTMLAnchorElement.prototype.click; let name;"
        "HTMLAnchorElement.prototype.click = function () { name = this.download; };"
        "document.querySelector('#bom_flat .save').click();"
        "HTMLAnchorElement.prototype.click = click; return name;"
    )
    assert chrome.execute_script(name) == "gb300-nvl72-row-bom_flat.csv"
    found(chrome, "#bom_flat input")[0].send_keys("nvswitch5")
    assert chrome.execute_script(name) == "gb300-nvl72-row-bom_flat-filtered.csv"


def test_the_name_in_a_box_of_a_picture_is_part_of_the_box(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    name = next(one for one in shown(chrome, "#pictures text") if one.text == "leaf0")
    ActionChains(chrome).move_to_element(name).click().perform()
    assert found(chrome, "#picked")[0].text.startswith("Filtered by q3400_ra: ")
    assert len(found(chrome, ".chosen")) == 1
    chrome.execute_script(
        "document.querySelector('.chosen').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Escape', bubbles: true}));"
    )
    assert found(chrome, "#picked")[0].text == ""
    assert not found(chrome, ".chosen")


def test_paper_has_all_rows_of_a_long_table_and_every_derivation(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    chrome.execute_script("dispatchEvent(new Event('beforeprint'));")
    assert len(column(chrome, "cable_schedule", 0)) == 576
    assert not found(chrome, "#reasons details:not([open])")
    chrome.execute_script("dispatchEvent(new Event('afterprint'));")
    assert not found(chrome, "#reasons details[open]")


def picked(chrome: Chrome) -> str:
    (area,) = found(chrome, "#picked")
    return str(area.text)


def press(chrome: Chrome, *keys: str) -> None:
    for key in keys:
        ActionChains(chrome).send_keys(key).perform()


def click_on(chrome: Chrome, selector: str, at: int = 0) -> None:
    chrome.execute_script(
        "document.querySelectorAll(arguments[0])[arguments[1]]"
        ".dispatchEvent(new MouseEvent('click', {bubbles: true}));",
        selector,
        at,
    )


def test_every_declaration_of_the_styles_is_valid(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb200-nvl72", tmp_path)
    text = files("topogen.page").joinpath("page.css").read_text(encoding="utf-8")
    values = dict(re.findall(r"(--\w+):([^;}]+)", text.partition("}")[0]))
    plain = re.sub(r"var\((--\w+)\)", lambda one: f" {values[one[1]]} ", re.sub(r"@page\{[^}]*\}", "", text))
    declared = re.findall(r"(?<=[{;])([a-z-]+):([^;{}]+)(?=[;}])", plain)
    assert len(declared) > 200
    refused = chrome.execute_script(
        "return arguments[0].filter(([name, value]) =>"
        " !name.startsWith('--') && !CSS.supports(name, value.replace('!important', '')));",
        declared,
    )
    assert refused == []


def test_escape_takes_the_filter_of_a_mark_without_focus_away(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "rubin-ultra-cpo-648", tmp_path)
    click_on(chrome, ".picture:not([hidden]) [data-key]:not([tabindex])")
    assert picked(chrome).startswith("Filtered by ")
    found(chrome, "#bom_flat input")[0].click()
    press(chrome, Keys.ESCAPE)
    assert picked(chrome).startswith("Filtered by ")
    chrome.execute_script("document.activeElement.blur()")
    press(chrome, Keys.ESCAPE)
    assert picked(chrome) == ""


def test_a_click_says_of_each_table_by_what_it_is_filtered(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "scaleout-10368", tmp_path)
    click_on(chrome, "#picture-rails [data-key^='compute/leaf0; ']")
    line = found(chrome, "#picked .filtered")[0].text
    names = chrome.execute_script(
        "return [...document.querySelectorAll('section.data')]"
        ".map((one) => [one.querySelector('h2').textContent, one.querySelector('input').value])"
        ".filter(([, asked]) => asked)"
    )
    groups = dict(re.findall(r"[Bb]y ([^:]+): ([^;.]+)", line))
    for title, asked in names:
        (group,) = [name for name, tables in groups.items() if f"{title} " in tables]
        assert asked.startswith(f'"{group}"'.replace(" | ", '" | "'))
    assert "those of the whole design" in line


def test_the_tip_of_a_mark_stands_below_the_picture(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "gb300-nvl72-row", tmp_path)
    for mark in (".picture:not([hidden]) [data-key]", "#picture-group g.node[data-key]"):
        tip = chrome.execute_script(
            "const mark = document.querySelector(arguments[0]); const link = mark.querySelector('a');"
            "return link ? link.getAttribute('xlink:title') : mark.querySelector('title').textContent;",
            mark,
        )
        click_on(chrome, mark)
        assert [one.get_attribute("textContent") for one in found(chrome, ".tip p")] == tip.split("\n")
        assert chrome.execute_script("return document.querySelector('.tip').childElementCount") > 1


def test_what_was_typed_stays_beside_a_click_and_comes_back(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "rubin-ultra-cpo-648", tmp_path)
    fields = {
        table: found(chrome, f"#{table} input")[0] for table in ("bom_flat", "link_classes", "bom_gaps")
    }
    fields["bom_flat"].send_keys("mpo12")
    typed = column(chrome, "bom_flat", 0)
    click_on(chrome, "[data-key='engine_3t2']")
    assert fields["bom_flat"].get_attribute("value") == '"engine_3t2"'
    assert "Gaps" in picked(chrome)
    fields["bom_gaps"].clear()
    fields["bom_gaps"].send_keys("els8_maker")
    assert "Gaps" not in picked(chrome)
    click_on(chrome, "#picked button")
    assert fields["bom_flat"].get_attribute("value") == "mpo12"
    assert column(chrome, "bom_flat", 0) == typed
    assert fields["bom_gaps"].get_attribute("value") == "els8_maker"


def test_a_picture_is_one_stop_of_tab_and_arrow_keys_move_in_it(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "rubin-ultra-cpo-648", tmp_path)
    stops = "#pictures .picture:not([hidden]) [tabindex='0']"
    assert len(found(chrome, stops)) == 1
    chrome.execute_script("document.querySelector('[role=tab][aria-selected=true]').focus()")
    press(chrome, Keys.TAB)
    first = chrome.switch_to.active_element.get_attribute("data-key")
    told = found(chrome, ".tip")[0].text
    assert told
    press(chrome, Keys.ARROW_RIGHT)
    second = chrome.switch_to.active_element.get_attribute("data-key")
    assert second != first
    assert found(chrome, ".tip")[0].text != told
    press(chrome, Keys.ENTER)
    assert picked(chrome).startswith("Filtered by ")
    while chrome.switch_to.active_element.text != "Clear":
        press(chrome, Keys.TAB)
        assert chrome.switch_to.active_element.find_elements("xpath", "ancestor::*[@id='picked']")
    press(chrome, Keys.ENTER)
    assert chrome.switch_to.active_element.get_attribute("data-key") == second
    press(chrome, Keys.ARROW_LEFT)
    assert chrome.switch_to.active_element.get_attribute("data-key") == first
    assert len(found(chrome, stops)) == 1


@pytest.mark.parametrize("name", ["gb200-nvl72", "rubin-ultra-cpo-648", "scaleout-10368"])
def test_every_mark_that_is_offered_leads_to_a_table(chrome: Chrome, name: str, tmp_path: Path) -> None:
    opened(chrome, name, tmp_path)
    chrome.execute_script(
        "window.lost = []; window.tried = 0;"
        "for (const mark of document.querySelectorAll('#pictures [role=button]')) {"
        " mark.dispatchEvent(new MouseEvent('click', {bubbles: true})); window.tried += 1;"
        " if (!document.querySelector('#picked .filtered a')) window.lost.push(mark.dataset.key); }"
    )
    assert chrome.execute_script("return window.tried") > 5
    assert chrome.execute_script("return window.lost") == []


def test_a_mark_that_leads_nowhere_is_no_button_and_keeps_its_tip(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "scaleout-10368", tmp_path)
    marks = "#picture-floor [data-tip]"
    assert found(chrome, marks)
    assert not found(chrome, f"{marks}[role=button]")
    click_on(chrome, marks)
    assert found(chrome, ".tip p")
    assert found(chrome, ".filtered")[0].text == ""


def test_a_filter_by_a_part_finds_what_it_is_bought_as_and_made_of(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "rubin-ultra-cpo-648", tmp_path)
    click_on(chrome, "[data-key='els8']")
    bought = {"els8_maker", "els8_bought_chips"}
    assert set(column(chrome, "footnotes", 0)) == bought
    vendors = column(chrome, "per_vendor", heading_at(chrome, "per_vendor", "part_id"))
    assert bought < set(vendors)
    assert "uhp_laser" in vendors
    assert set(column(chrome, "bom_flat", 0)) == {"els8"}


@pytest.mark.parametrize("name", ["rubin-ultra-cpo-648", "scaleout-10368"])
def test_no_entry_of_a_legend_of_a_chart_runs_into_the_next(
    chrome: Chrome, name: str, tmp_path: Path
) -> None:
    opened(chrome, name, tmp_path)
    spans = chrome.execute_script(
        "const box = (one) => one.getBoundingClientRect();"
        "return [...document.querySelectorAll('#charts svg')].map((chart) =>"
        " [...chart.querySelectorAll('.role-legend-label text, .role-legend-symbol path')].map(box)"
        " .map((one) => [one.left, one.right, (one.top + one.bottom) / 2]));"
    )
    assert sum(map(len, spans)) >= 4
    for entries in spans:
        for (_, right, middle), (left, _, other) in pairwise(sorted(entries)):
            assert right < left or abs(middle - other) > 12


def test_a_chart_is_an_image_with_its_title_as_name(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "rubin-ultra-cpo-648", tmp_path)
    charts = found(chrome, "#charts svg[role=img]")
    assert len(charts) == len(found(chrome, "#charts .chart"))
    for chart in charts:
        drawn = "".join(one.text for one in chart.find_elements("css selector", ".role-title-text text"))
        assert chart.accessible_name.replace(" ", "") == re.sub(r"\s", "", drawn) != ""


def test_the_bill_says_what_the_rows_that_are_found_cost(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "scaleout-10368", tmp_path)
    at = heading_at(chrome, "bom_flat", "extended_cost")
    field = found(chrome, "#bom_flat input")[0]
    written = said(chrome, "bom_flat")[0]
    for asked in ("osfp", "interconnect", "b200", " "):
        field.clear()
        field.send_keys(asked)
        cells = column(chrome, "bom_flat", at)
        known = sum(float(cell.replace(",", "")) for cell in cells if cell)
        least = "at least " if "" in cells else ""
        assert said(chrome, "bom_flat")[0].endswith(f", {least}USD {known:,.0f}")
    assert said(chrome, "bom_flat")[0] == written


def test_sorting_by_the_spread_shows_where_the_money_is_uncertain(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "rubin-ultra-cpo-648", tmp_path)
    names = ("value", "value_low", "value_high", "usd", "spread_usd")
    at = {name: heading_at(chrome, "footnotes", name) for name in names}
    for _ in range(2):
        found(chrome, "#footnotes th button")[at["spread_usd"]].click()
    figures = {name: numbers(column(chrome, "footnotes", where)) for name, where in at.items()}
    assert figures["spread_usd"] == sorted(figures["spread_usd"], reverse=True)
    for base, least, most, usd, spread in zip(*figures.values(), strict=True):
        assert spread == pytest.approx(usd * (most - least) / base, rel=1e-4)
    note = found(chrome, "#footnotes .note")[0].text
    assert f"USD {sum(figures['usd']):,.0f}: interconnect and network devices" in note


def test_arrow_keys_reach_the_tip_of_a_mark_that_leads_nowhere(chrome: Chrome, tmp_path: Path) -> None:
    opened(chrome, "nvl72-spread-hall", tmp_path)
    chrome.execute_script("document.querySelector('[role=tab][aria-selected=true]').focus()")
    press(chrome, Keys.TAB)
    press(chrome, Keys.END)
    for _ in range(10):
        if chrome.switch_to.active_element.get_attribute("data-tip") is not None:
            break
        press(chrome, Keys.ARROW_LEFT)
    mark = chrome.switch_to.active_element
    assert mark.get_attribute("data-tip") == ""
    assert mark.aria_role == "image"
    assert found(chrome, ".tip p")[0].text == mark.accessible_name
    press(chrome, Keys.ENTER)
    assert found(chrome, ".filtered")[0].text == ""
