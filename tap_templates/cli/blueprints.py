"""``tap-templates list``."""

from __future__ import annotations

import click

from tap_templates.blueprints import BLUEPRINTS


@click.command("list")
@click.option("--components", is_flag=True, help="List the components, of which stacks of one's own are made.")
def command(components: bool) -> None:
    """List the blueprints: whole stacks that `generate` can make."""
    if components:
        _list_components()
        return
    width = max(len(name) for name in BLUEPRINTS)
    for name, blueprint in BLUEPRINTS.items():
        click.echo(f"{name:{width}}  {blueprint.summary}")


def _list_components() -> None:
    """What to import, what it adds, and the verbs of its handle."""
    from tap_templates.report.catalogue import catalogue

    for concern in catalogue():
        click.echo(f"tap_templates.components.{concern.name}: {concern.says}")
        for row in concern.components:
            verbs = f" ({', '.join(row.verbs)})" if row.verbs else ""
            click.echo(f"  {row.name}({row.takes}, …){verbs}\n      {row.says}")
