"""From a topology file to every link, part, length, watt and dollar of a GPU fabric.

    import topogen

    fabric = topogen.read_fabric("gb200-nvl72")
    topogen.table("bom_flat", fabric)

Every name of ``__all__`` is loaded when it is asked for, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from topogen.checks.expectations import check_expectations, check_quoted
    from topogen.errors import InputError, LimitError, TopogenError
    from topogen.explain import explain as explain_count
    from topogen.explain import to_text
    from topogen.figures.figures import asked as figure
    from topogen.figures.figures import asked_range as figure_range
    from topogen.graph.by_group import group_graph
    from topogen.graph.by_link import link_graph
    from topogen.graph.by_place import contracted_graph
    from topogen.graph.cost import link_graph_cost
    from topogen.graph.plain import plain_graph
    from topogen.graph.to_igraph import to_igraph
    from topogen.graph.to_rustworkx import to_rustworkx
    from topogen.graph.to_sparse import to_sparse
    from topogen.load.ramp import read_ramp
    from topogen.load.reading import read_fabric
    from topogen.load.sensitivity import sensitivity
    from topogen.load.studies import claims, compare, crossover, what_if, world_size
    from topogen.model.fabric import Fabric
    from topogen.notebook import diagram
    from topogen.report.frames import table
    from topogen.study.demand import Deployment, demand, ramp_demand
    from topogen.study.failures import failures
    from topogen.study.power import power
    from topogen.study.ratio import ratio_table
    from topogen.study.tco import tco
    from topogen.study.throughput import throughput
    from topogen.study.wafers import wafers
    from topogen.takeoff.roll_up import RollUp, roll_up

    __version__: str

__all__ = [
    "Deployment",
    "Fabric",
    "InputError",
    "LimitError",
    "RollUp",
    "TopogenError",
    "__version__",
    "check_expectations",
    "check_quoted",
    "claims",
    "compare",
    "contracted_graph",
    "crossover",
    "demand",
    "diagram",
    "explain_count",
    "failures",
    "figure",
    "figure_range",
    "group_graph",
    "link_graph",
    "link_graph_cost",
    "plain_graph",
    "power",
    "ramp_demand",
    "ratio_table",
    "read_fabric",
    "read_ramp",
    "roll_up",
    "sensitivity",
    "table",
    "tco",
    "throughput",
    "to_igraph",
    "to_rustworkx",
    "to_sparse",
    "to_text",
    "wafers",
    "what_if",
    "world_size",
]

_FACE = {
    "Deployment": "study.demand:Deployment",
    "Fabric": "model.fabric:Fabric",
    "InputError": "errors:InputError",
    "LimitError": "errors:LimitError",
    "RollUp": "takeoff.roll_up:RollUp",
    "TopogenError": "errors:TopogenError",
    "check_expectations": "checks.expectations:check_expectations",
    "check_quoted": "checks.expectations:check_quoted",
    "claims": "load.studies:claims",
    "compare": "load.studies:compare",
    "contracted_graph": "graph.by_place:contracted_graph",
    "crossover": "load.studies:crossover",
    "explain_count": "explain:explain",  # the room has the shorter name
    "demand": "study.demand:demand",
    "failures": "study.failures:failures",
    "diagram": "notebook:diagram",
    "figure": "figures.figures:asked",
    "figure_range": "figures.figures:asked_range",
    "group_graph": "graph.by_group:group_graph",
    "link_graph": "graph.by_link:link_graph",
    "link_graph_cost": "graph.cost:link_graph_cost",
    "power": "study.power:power",
    "ramp_demand": "study.demand:ramp_demand",
    "ratio_table": "study.ratio:ratio_table",
    "read_fabric": "load.reading:read_fabric",
    "read_ramp": "load.ramp:read_ramp",
    "plain_graph": "graph.plain:plain_graph",
    "roll_up": "takeoff.roll_up:roll_up",
    "sensitivity": "load.sensitivity:sensitivity",
    "table": "report.frames:table",
    "tco": "study.tco:tco",
    "to_igraph": "graph.to_igraph:to_igraph",
    "to_rustworkx": "graph.to_rustworkx:to_rustworkx",
    "to_sparse": "graph.to_sparse:to_sparse",
    "to_text": "explain:to_text",
    "throughput": "study.throughput:throughput",
    "wafers": "study.wafers:wafers",
    "what_if": "load.studies:what_if",
    "world_size": "load.studies:world_size",
}

if not TYPE_CHECKING:  # type checkers would take any misspelt name for an attribute

    def __getattr__(name: str) -> object:
        """Return a public name from the room it lives in."""
        from importlib import import_module  # noqa: PLC0415 - only when asked

        if name == "__version__":
            return _version()
        if name not in _FACE:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        room, inner = _FACE[name].split(":")
        return getattr(import_module(f"topogen.{room}"), inner)

    def _version() -> str:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - only when asked

        try:
            return version("topogen")
        except PackageNotFoundError:  # a plain checkout, not installed
            return "0+checkout"
