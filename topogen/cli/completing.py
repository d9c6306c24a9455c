"""What a shell offers on Tab: topologies, scenarios, parts and media; choices complete themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from click import Context, Parameter


def topologies(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the shipped topologies that fit, and files."""
    from topogen.load.files import shipped_names

    return [*_fitting(shipped_names(), incomplete), CompletionItem(incomplete, type="file")]


def starters(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """Return what ``topogen init`` can start from."""
    from topogen.load.files import shipped_names, starter_files

    return _fitting([*starter_files(), *shipped_names()], incomplete)


def scenarios(ctx: Context, _: Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the scenarios of the topology on the command line, if it is there already."""
    from topogen.errors import InputError
    from topogen.load.files import topology_head

    names = [ctx.params.get("name"), *ctx.args]  # an option without its value leaves the name unparsed
    name = next((name for name in names if name and not name.startswith("-")), "")
    try:
        return _fitting(topology_head(name).scenarios, incomplete)
    except (ValueError, InputError):
        return []


def parts(_: Context, __: Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the parts and media of the shipped catalog."""
    from topogen.load.files import catalog_ids

    return _fitting(catalog_ids(), incomplete)


def _fitting(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]
