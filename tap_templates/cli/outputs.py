"""``tap-templates outputs``: the outputs of a stack as one flat file, however it was deployed."""

from __future__ import annotations

import json

import click

from tap_templates.cli.target import Target, target_options


@click.command("outputs")
@click.argument("stack_name", metavar="STACK")
@click.option("-o", "--output", metavar="FILE", help="Write to a file, for example cfn-outputs/flat-outputs.json.")
@target_options
def command(stack_name: str, output: str | None, target: Target) -> None:
    """Print or write a stack's outputs as one flat JSON object.

    A stack that is missing, failed, in progress or without outputs never writes a file.

    \b
    tap-templates outputs payments-dev -o cfn-outputs/flat-outputs.json
    tap-templates outputs payments-dev --local
    """
    with target.clients() as clients:
        from tap_templates.deployment import stack_outputs, write_outputs

        found = stack_outputs(clients("cloudformation"), stack_name)
    if output is None:
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(f"wrote {write_outputs(output, found)}: {len(found)} outputs", err=True)
