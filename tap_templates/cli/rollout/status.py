"""``tap-templates rollout status``: how each instance of a stack set is."""

from __future__ import annotations

import click

from tap_templates.cli.rollout.backend import Where, where_options
from tap_templates.cli.rollout.printing import as_json, operation_line, print_failures, print_instances, summary

UNDER_WAY = ("RUNNING", "STOPPING", "QUEUED")


@click.command("status")
@click.argument("name")
@click.option("--wait", is_flag=True, help="Follow the operation that is at work to its end.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to say it.")
@where_options
def command(name: str, wait: bool, form: str, where: Where) -> int:
    """Show the instances of a stack set, and its last operation.

    Exit code 0: every instance is up to date and nothing is at work; 1: otherwise.
    """
    from tap_templates.deployment.rollouts import status

    with where.backend() as (distributor, _, _, _):
        rollout = status(name, distributor, wait=wait)
    if form == "json":
        click.echo(as_json(rollout))
    else:
        print_instances(rollout.instances)
        print_failures(rollout)
        for operation in rollout.operations:
            click.echo(operation_line(operation), err=True)
        click.echo(summary(rollout), err=True)
    at_work = any(operation.status in UNDER_WAY for operation in rollout.operations)
    return 0 if rollout.current and not at_work else 1
