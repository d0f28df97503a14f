"""``tap-templates schema``."""

from __future__ import annotations

import json

import click


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of tap.yaml, for editors.

    \b
    tap-templates schema > tap.schema.json
    """
    from tap_templates.settings.models import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
