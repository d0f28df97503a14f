"""``tap-templates rollout delete``: takes stacks away again, all or some."""

from __future__ import annotations

import click

from tap_templates.cli.given import agreed, listed
from tap_templates.cli.rollout.backend import Where, where_options
from tap_templates.cli.rollout.printing import print_failures, print_instances, summary


@click.command("delete")
@click.argument("name")
@click.option("--accounts", multiple=True, metavar="ID,...", help="Only in these accounts.")
@click.option("--ous", multiple=True, metavar="ID,...", help="Only in these organizational units.")
@click.option("--regions", multiple=True, metavar="REGION,...", help="Only in these regions.")
@click.option("--retain-stacks", is_flag=True, help="Take them out of the set and leave the stacks; for good.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@where_options
def command(
    name: str,
    accounts: tuple[str, ...],
    ous: tuple[str, ...],
    regions: tuple[str, ...],
    retain_stacks: bool,
    yes: bool,
    where: Where,
) -> int:
    """Delete the stacks of a set, all or those named; the set goes with its last one.

    Resources that their template retains stay in their accounts. A stack that was taken out of its set by
    --retain-stacks cannot come back to a set.
    """
    from tap_templates.deployment.rollouts import delete
    from tap_templates.deployment.rollouts.steps import existing, to_delete

    owners, chosen = listed((*accounts, *ous)), listed(regions)
    with where.backend() as (distributor, watch, progress, _):
        existing(name, distributor)
        blocks = to_delete(name, distributor.instances(name), owners=owners, regions=chosen)
        places = [f"{owner}/{region}" for block in blocks for owner, region in block.pairs]
        verb = "take out of the set, and leave," if retain_stacks else "delete"
        click.echo(f"- {verb} {len(places)} of its stacks: {', '.join(places) or 'there are none'}", err=True)
        if not agreed(yes=yes):
            click.echo("nothing was done", err=True)
            return 1
        progress.total = len(places)
        rollout = delete(name, distributor, watch, owners=owners, regions=chosen, retain=retain_stacks)
    if not rollout.instances:
        click.echo(f"stack set {name} deleted", err=True)
        return 0
    print_instances(rollout.instances)
    print_failures(rollout)
    click.echo(summary(rollout), err=True)
    return 0 if rollout.succeeded else 1
