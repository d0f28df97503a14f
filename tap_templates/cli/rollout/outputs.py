"""``tap-templates rollout outputs``: the outputs of all instances as one flat file."""

from __future__ import annotations

import json

import click

from tap_templates.cli.rollout.backend import Where, where_options


@click.command("outputs")
@click.argument("name")
@click.option("-o", "--output", metavar="FILE", help="Write to a file, for example cfn-outputs/flat-outputs.json.")
@click.option("--role", metavar="NAME", help="Role to read with in each account; by default the set's execution role.")
@where_options
def command(name: str, output: str | None, role: str | None, where: Where) -> None:
    """Print or write the outputs of every instance as one flat JSON object.

    A key is KEY_ACCOUNT_REGION, the region with underscores: DataBucketName_111122223333_eu_west_1. Each account is
    read through its role, which has to trust the caller; the caller's own account needs none. When one account cannot
    be read or has a stack without outputs, it is named and nothing is written. Outputs that hold a secret are left out,
    and named.
    """
    from tap_templates.deployment import write_outputs
    from tap_templates.deployment.rollouts import rollout_outputs
    from tap_templates.deployment.rollouts.steps import existing

    with where.backend() as (distributor, _, _, clients_for):
        found = existing(name, distributor)
        instances, clients_of = distributor.instances(name), clients_for(found, role)
        outputs = rollout_outputs(name, instances, clients_of, on_note=lambda text: click.echo(text, err=True))
    if output is None:
        click.echo(json.dumps(outputs, indent=2))
        return
    click.echo(f"wrote {write_outputs(output, outputs)}: {len(outputs)} outputs", err=True)
