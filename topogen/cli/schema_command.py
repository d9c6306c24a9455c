"""``topogen schema``: the JSON Schema of the two languages, for editors."""

from __future__ import annotations

import click


@click.command("schema")
@click.option("--catalog", "of_catalog", is_flag=True, help="The schema of catalog files instead.")
def command(of_catalog: bool) -> None:  # noqa: FBT001 - click passes a flag by its name
    """Print the JSON Schema of a topology file, for completion and checks in an editor.

    Write it to a file and name that in the first line of a topology:
    `# yaml-language-server: $schema=topology.schema.json`. `topogen init` does both.
    """
    from topogen.load.schema import catalog_schema, schema_text, topology_schema

    click.echo(schema_text(catalog_schema() if of_catalog else topology_schema()), nl=False)
