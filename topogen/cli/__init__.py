"""The command line. Commands are loaded when they are used, so that help and small jobs start fast."""

from __future__ import annotations

import atexit
import gc
import os
from importlib import import_module
from typing import Any

import click

from topogen.cli.ending import Unwritable, ending, notes_of

COMMANDS = {
    "build": "Write BOM, cable schedule, drawing and summary of a fabric.",
    "bom": "Print links, parts, cost and power of a fabric.",
    "reproduce": "Make the files of a build again from its lock, and compare them.",
    "report": "Write one self-contained page with everything a build knows.",
    "serve": "Show that page in a browser, built again when its files change.",
    "gallery": "Write the pages of many topologies as a static site.",
    "check": "Check ports, rates, reach and the expectations of the file.",
    "size": "Size a fabric over a range and mark where it needs another tier.",
    "world-size": "Show scale-up and scale-out per GPU as the domain grows.",
    "what-if": "Print cost and power of a fabric with other values in its file.",
    "compare": "Print fabrics side by side: optics, cost, power and their ratios.",
    "diff": "Print what changes between two revisions: cost, parts, cables.",
    "phases": "Show what each phase of an installation buys, pulls and re-cables.",
    "verify": "Compare cables that were found with the model, or audit a sheet of cables.",
    "import": "Write a topology of the cables in a sheet, a DOT file or a table of neighbours.",
    "price": "Ask suppliers for prices, and merge what they send into a catalog.",
    "draw": "Draw a fabric, a rack, or the links of one device.",
    "export": "Write a fabric as a graph that other programs read.",
    "labels": "Write the labels of all cables, ready to print.",
    "sheets": "Write sheets to print: what arrives, bundles to pull, port maps of racks.",
    "lengths": "Print what an order of fewer lengths of each cable costs.",
    "explain": "Show how a number was derived.",
    "reach": "Show how many links need optics, by copper reach.",
    "crossover": "Compare media over length and lane rate: cost, energy, total.",
    "claims": "Check published statements against what files come to.",
    "demand": "Show the parts that builds take, and what a capacity is enough for.",
    "wafers": "Show the wafers that builds take: dies, yield and spend.",
    "power": "Show power by device, network, medium and rack, and its density.",
    "throughput": "Show what each endpoint can send while all do, and times of collectives.",
    "tco": "Show what a fabric costs over years: hosts, fabric, facility, energy.",
    "ratio": "Show one network over another on every count basis.",
    "sensitivity": "Show which assumption decides a figure, and how it spreads.",
    "failures": "Show what fails with one part, device or rack, and how often.",
    "list": "List the shipped topologies.",
    "catalog": "List, show and check parts and media.",
    "init": "Write a commented topology to start from.",
    "schema": "Print the JSON Schema of topology or catalog files, for editors.",
    "completion": "Print the completion script of a shell.",
    "help": "Show help for topogen or for a command.",
}


class _Lazy(click.Group):
    """A group whose commands live in modules of their own."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"topogen.cli.{cmd_name.replace('-', '_')}_command").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from topogen.errors import nearest

            ctx.fail(f'no command "{args[0]}"; {nearest(args[0], COMMANDS)}')
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        from topogen.errors import TopogenError
        from topogen.load.files import noting_inputs

        try:
            with noting_inputs():
                return super().invoke(ctx)
        except TopogenError as error:
            click.echo("\n".join([str(error), *notes_of(error)]), err=True)
            ctx.exit(2)
        except OSError as error:
            raise Unwritable(error) from error  # click would take a closed pipe for a failed check


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value:
        from importlib.metadata import version

        click.echo(f"topogen {version('topogen')}")
        ctx.exit()


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    "-V",
    is_flag=True,
    callback=_version,
    expose_value=False,
    is_eager=True,
    help="Print the version.",
)
def group() -> None:
    """Turn a topology file of a GPU cluster into its links, parts, cost and power."""


def main() -> None:
    """Run the command line; exit 1 if an expectation fails, 2 if the input is invalid.

    After a signal the exit status is that of shells: 130 for Ctrl-C, 143 for SIGTERM, 141 for a closed pipe.
    """
    # By default Python looks for garbage cycles after every 700 new objects: a tenth of the time of a small
    # job. Never looking would multiply the memory of large ones. At exit nothing has to be collected at all.
    gc.set_threshold(100_000, 2, 2)
    atexit.register(gc.freeze)
    # Threads for linear algebra, which nothing here needs, cost another tenth to start.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Looking for plugins of pydantic, of which none is used, reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    with ending():
        group(prog_name="topogen")
