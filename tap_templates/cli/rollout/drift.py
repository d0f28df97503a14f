"""``tap-templates rollout drift``: what was changed by hand, in every account and region."""

from __future__ import annotations

import click

from tap_templates.cli.rollout.backend import Where, where_options
from tap_templates.cli.rollout.printing import as_json, print_drifted, print_failures, print_instances


@click.command("drift")
@click.argument("name")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to say it.")
@where_options
def command(name: str, form: str, where: Where) -> int:
    """Compare every stack of the set with its template, and show each difference.

    Exit code 0: all are as their template says; 1: one is not, or could not be compared.
    """
    from tap_templates.deployment.rollouts import drift

    with where.backend() as (distributor, _, _, _):
        rollout, drifted = drift(name, distributor)
    if form == "json":
        click.echo(as_json(rollout, drifted))
    else:
        print_instances(rollout.instances, drift=True)
        print_drifted(drifted)
        print_failures(rollout)
    return 0 if all(instance.drift == "IN_SYNC" for instance in rollout.instances) else 1
