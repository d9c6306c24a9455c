"""``topogen schema``: the JSON Schema of topology and catalog files, for editors."""

from __future__ import annotations

import click


@click.command("schema")
@click.option("--catalog", "of_catalog", is_flag=True, help="Print the schema of catalog files.")
def command(of_catalog: bool) -> None:  # noqa: FBT001 - click passes a flag by its name
    """Print the JSON Schema of a topology file, for completion and checks in an editor.

    Save it to a file and reference it in the first line of a topology:
    `# yaml-language-server: $schema=topology.schema.json`. `topogen init` does both.
    """
    from topogen.load.schema import catalog_schema, schema_text, topology_schema

    click.echo(schema_text(catalog_schema() if of_catalog else topology_schema()), nl=False)
