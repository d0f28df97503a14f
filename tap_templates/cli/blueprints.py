"""``tap-templates list``."""

from __future__ import annotations

import click

from tap_templates.blueprints import BLUEPRINTS


@click.command("list")
def command() -> None:
    """List the blueprints: whole stacks that `generate` can make."""
    width = max(len(name) for name in BLUEPRINTS)
    for name, blueprint in BLUEPRINTS.items():
        click.echo(f"{name:{width}}  {blueprint.summary}")
