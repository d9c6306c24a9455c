"""``topogen completion``: the script that completes commands in a shell."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Print the completion script of a shell.

    It completes commands, options, topologies, scenarios, parts and diagram kinds. To install it:

    \b
    bash  add to ~/.bashrc:  eval "$(topogen completion bash)"
    zsh   add to ~/.zshrc:   eval "$(topogen completion zsh)"
    fish  topogen completion fish > ~/.config/fish/completions/topogen.fish
    """  # noqa: D301 - click wants the backspace itself: do not wrap
    from click.shell_completion import ShellComplete, get_completion_class

    from topogen.cli import group

    complete = get_completion_class(shell)
    assert complete is not None  # noqa: S101 - click has all three
    # The base method: that of bash starts a bash to ask for its version.
    click.echo(ShellComplete.source(complete(group, {}, "topogen", "_TOPOGEN_COMPLETE")))
