"""The programs and libraries that read our files, as `.ci/install-programs` puts them into `.readers`."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.helpers_browser import BROWSER, DRIVER

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".readers"
SCRIPTS = {
    "mermaid": FOLDER / "mermaid" / "dist" / "mermaid.min.js",
    "drawio": FOLDER / "mxgraph" / "javascript" / "mxClient.min.js",
}
D2 = FOLDER / "d2" / "dist" / "node-esm" / "index.js"
NS3 = FOLDER / "ns3-3.44" / "ns3"

READ = {
    "mermaid": """
mermaid.initialize({startOnLoad: false});
const graph = (await mermaid.mermaidAPI.getDiagramFromText(text)).db;
document.body.innerHTML = (await mermaid.render("drawing", text)).svg;
const shown = (selector) => [...document.querySelectorAll(selector)].map((one) => one.innerText);
const ids = [...document.querySelectorAll(".node")].map((one) => one.id.match(/n\\d+/)[0]);
const label = (one) => document.querySelector(`[data-id="${one.id}"] .edgeLabel`).innerText;
return {
  boxes: Object.fromEntries(shown(".node .nodeLabel").map((one, at) => [ids[at], one])),
  lines: graph.getEdges().map((one) => [one.start, one.end, label(one)]),
  title: document.querySelector(".flowchartTitleText").textContent,
};""",
    "drawio": """
const file = mxUtils.parseXml(text);
const graph = new mxGraph(document.body);
new mxCodec(file).decode(file.getElementsByTagName("mxGraphModel")[0], graph.getModel());
const cells = Object.values(graph.getModel().cells);
const boxes = cells.filter((one) => one.isVertex());
const lines = cells.filter((one) => one.isEdge());
const bounds = boxes.map((one) => graph.getView().getState(one));
return {
  boxes: Object.fromEntries(boxes.map((one) => [one.id, graph.getLabel(one)])),
  lines: lines.map((one) => [one.source.id, one.target.id, graph.getLabel(one)]),
  areas: bounds.map((one) => [one.x, one.y, one.width, one.height]),
  colours: boxes.map((one) => graph.getCellStyle(one).strokeColor),
  title: file.getElementsByTagName("diagram")[0].getAttribute("name"),
};""",
}
"""What a browser with the library does with a text: boxes by their ids, lines as two ids and a label."""

RUN = """
const done = arguments[1];
(async (text) => {{ {} }})(arguments[0]).then(done, (fault) => done({{fault: String(fault)}}));
"""
PAGE = '<!DOCTYPE html><meta charset="utf-8"><script>mxLoadResources = mxLoadStylesheets = false</script>'


@dataclass(frozen=True)
class Shown:
    """What a reader shows: the texts of boxes, and of lines with the texts of the boxes at both ends."""

    boxes: list[str]
    lines: list[tuple[str, str, str]]
    more: dict[str, Any]


def missing(form: str) -> str:
    """Return what is not installed to read a format, empty if nothing."""
    needed = {
        **{name: (script.exists(), BROWSER, DRIVER) for name, script in SCRIPTS.items()},
        "d2": (D2.exists(), shutil.which("node")),
        "ns3": (NS3.exists(), shutil.which("g++")),
    }
    return "" if all(needed[form]) else f"the reader of {form} is not installed: .ci/install-programs"


def read_in_browser(chrome: Chrome, form: str, text: str, folder: Path) -> Shown:
    """Return what the library of a format shows."""
    page = folder / f"{form}.html"
    if not page.exists():
        page.write_text(f'{PAGE}<script src="{SCRIPTS[form].as_uri()}"></script><body>', encoding="utf-8")
    chrome.get(page.as_uri())
    found = chrome.execute_async_script(RUN.format(READ[form]), text)
    assert "fault" not in found, found["fault"]
    return _shown(found)


def read_d2(texts: list[str]) -> list[Shown]:
    """Return what D2 shows of each text."""
    words = [str(shutil.which("node")), str(HERE / "read_d2.mjs"), D2.as_uri()]
    done = subprocess.run(words, input=json.dumps(texts), capture_output=True, text=True, check=True)
    return [_shown(one) for one in json.loads(done.stdout)]


def _shown(found: dict[str, Any]) -> Shown:
    boxes = {name: text.replace("\u200b", "") for name, text in found.pop("boxes").items()}
    lines = [(boxes[a], boxes[b], text.replace("\u200b", "")) for a, b, text in found.pop("lines")]
    return Shown(list(boxes.values()), lines, found)


def compiled_ns3(folder: Path) -> Path:
    """Return a program that reads a topology file with ns-3."""
    libraries, program = NS3 / "lib64", folder / "read_ns3"
    words = ["g++", "-std=c++20", f"-I{NS3 / 'include'}", str(HERE / "read_ns3.cc"), "-o", str(program)]
    words += [f"-L{libraries}", f"-Wl,-rpath,{libraries}", "-Wl,--allow-shlib-undefined"]
    subprocess.run(
        [*words, *(f"-lns3.44-{name}" for name in ("topology-read", "network", "core"))], check=True
    )
    return program
