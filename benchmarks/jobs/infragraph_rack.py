"""InfraGraph: ``graph`` of one device of chips, ``ports`` with every port a node, ``html`` for its viewer."""

from __future__ import annotations

import contextlib
import io
import sys
import tempfile
from pathlib import Path

from infragraph import Component, Device, DeviceEdge, Infrastructure, InfrastructureEdge
from infragraph.infragraph_service import InfraGraphService
from infragraph.visualizer.visualize import Visualizer

from benchmarks.jobs.work import CHIPS, GPUS, report


def infrastructure() -> Infrastructure:
    made = Infrastructure(name="rack", description="one rack")
    made.links.add(name="nvlink").physical.bandwidth.gigabits_per_second = 400
    return made


def component(device: Device, name: str, count: int, kind: str) -> None:
    device.components.add(name=name, description=name, count=count).choice = kind


def join(device: Device, link: str, near: str, far: str) -> None:
    edge = device.edges.add(scheme=DeviceEdge.MANY2MANY, link=link)
    edge.ep1.component = near
    edge.ep2.component = far


def of_chips() -> Infrastructure:
    """Return a rack that is one device."""
    device = Device(name="nvl72", description="rack")
    device.links.add(name="nvlink").physical.bandwidth.gigabits_per_second = 400
    component(device, "gpu", GPUS, Component.XPU)
    component(device, "chip", CHIPS, Component.SWITCH)
    join(device, "nvlink", "gpu", "chip")
    made = infrastructure()
    made.devices.append(device)
    made.instances.add(name="rack", device="nvl72", count=1)
    return made


def of_ports() -> Infrastructure:
    """Return a rack of 90 devices; port ``c`` of GPU ``g`` is joined to port ``g`` of chip ``c``."""
    made = infrastructure()
    kinds = ("gpu", Component.XPU, GPUS, CHIPS), ("chip", Component.SWITCH, CHIPS, GPUS)
    for name, kind, count, ports in kinds:
        device = Device(name=name, description=name)
        device.links.add(name="board")
        component(device, "die", 1, kind)
        component(device, "port", ports, Component.PORT)
        join(device, "board", "die", "port")
        made.devices.append(device)
        made.instances.add(name=name, device=name, count=count)
    for chip in range(CHIPS):
        edge = made.edges.add(scheme=InfrastructureEdge.ONE2ONE, link="nvlink")
        edge.ep1.instance, edge.ep1.component = f"gpu[0:{GPUS}]", f"port[{chip}]"
        edge.ep2.instance, edge.ep2.component = f"chip[{chip}]", f"port[0:{GPUS}]"
    return made


def built(made: Infrastructure) -> tuple[InfraGraphService, dict[str, int]]:
    service = InfraGraphService()
    service.set_graph(made)
    graph = service.get_networkx_graph()
    links = sum(link.get("link") == "nvlink" for _, _, link in graph.edges(data=True))
    return service, {"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges(), "links": links}


def html() -> dict[str, int]:
    service, made = built(of_ports())
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        Visualizer(service, folder, ("gpu",), ("chip",))
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    return made | {"html_bytes": size}


def graph() -> dict[str, int]:
    return built(of_chips())[1]


def ports() -> dict[str, int]:
    return built(of_ports())[1]


report({"graph": graph, "ports": ports, "html": html}[sys.argv[1]])
