"""``tap-templates delete``: a stack goes, after saying what goes with it and what stays."""

from __future__ import annotations

import click

from tap_templates.cli.answers import confirmed, picked_up_again, require_consent
from tap_templates.cli.target import Target, target_options

MINUTES = 60


@click.command("delete")
@click.argument("stack_name", metavar="STACK")
@click.option("-y", "--yes", is_flag=True, help="Agree beforehand.")
@click.option("--timeout", "minutes", type=click.FloatRange(min=0), default=MINUTES, show_default=True,
              metavar="MINUTES", help="How long to wait.")  # fmt: skip
@target_options
def command(stack_name: str, yes: bool, minutes: float, target: Target) -> int:
    """Delete a stack, after showing what goes, what stays, and what is lost.

    What stays: resources whose DeletionPolicy says so, snapshots, and buckets with objects. A stack under termination
    protection is refused, with the command that lifts it. Exit code 0: gone; 1: not deleted; 2: no such stack.

    \b
    tap-templates delete payments-dev
    tap-templates delete payments-dev --local --yes
    """
    target.check()
    require_consent("delete", agreed=yes)
    with target.clients() as clients, picked_up_again():
        from tap_templates.cli.plans import show_deletion
        from tap_templates.cli.progress import Progress
        from tap_templates.deployment import delete, deletion_plan
        from tap_templates.deployment.deletion import refuse_protected

        client = clients("cloudformation")
        plan = deletion_plan(clients, stack_name)
        refuse_protected(client, stack_name, plan.stack)
        show_deletion(plan)
        if not confirmed(f"Delete stack {stack_name}?", agreed=yes):
            click.echo("nothing was changed", err=True)
            return 1
        progress = Progress(len(plan.fates))
        delete(
            stack_name,
            client=client,
            leave=plan.full_buckets,
            on_event=progress,
            on_wait=progress.waiting,
            on_note=lambda text: click.echo(text, err=True),
            timeout_seconds=minutes * 60,
            poll_seconds=target.poll_seconds,
        )
    click.echo(f"stack {stack_name}: deleted", err=True)
    for fate in plan.staying:
        if fate.logical_id in progress.skipped:
            click.echo(f"stayed: {fate.logical_id} ({fate.type}) {fate.physical_id}")
        elif "snapshot" in fate.stays:
            click.echo(f"stayed: a snapshot of {fate.logical_id} ({fate.type}) {fate.physical_id}")
    return 0
