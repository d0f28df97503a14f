"""``tap-templates rollout [apply] FILE``: shows what it would do, asks, does it, and says how each instance is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tap_templates.cli.given import agreed, answers, listed, template_text
from tap_templates.cli.rollout.backend import Where, where_options
from tap_templates.cli.rollout.printing import print_failures, print_instances, summary

if TYPE_CHECKING:
    from tap_templates.deployment.rollouts import Plan

MODELS = {"self-managed": "SELF_MANAGED", "service-managed": "SERVICE_MANAGED"}


@click.command("apply")
@click.argument("file")
@click.option("--name", required=True, metavar="NAME", help="Name of the stack set, new or present.")
@click.option("--accounts", multiple=True, metavar="ID,...", help="Accounts that get a stack; with roles of your own.")
@click.option("--ous", multiple=True, metavar="ID,...", help="Organizational units whose accounts get one.")
@click.option(
    "--regions", multiple=True, required=True, metavar="REGION,...", help="Regions, in the order of their turn."
)
@click.option(
    "-p", "--parameter", "given", multiple=True, metavar="KEY=VALUE", help="Answer to a parameter; again for more."
)
@click.option(
    "--failure-tolerance", default="0", show_default=True, metavar="N|P%", help="Failures that a region bears."
)
@click.option("--concurrency", default="1", show_default=True, metavar="N|P%", help="Accounts of a region at one time.")
@click.option(
    "--region-order",
    type=click.Choice(["sequential", "parallel"]),
    default="sequential",
    show_default=True,
    help="Whether regions take turns.",
)
@click.option("--permission-model", type=click.Choice(list(MODELS)), help="By default as --accounts or --ous want it.")
@click.option("--admin-role", metavar="ARN", help="Administration role instead of StackSets' default.")
@click.option("--execution-role", metavar="NAME", help="Execution role in each account instead of StackSets' default.")
@click.option("--auto-deploy", is_flag=True, help="Accounts that join the units get the stack, too; leavers keep it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@where_options
def command(
    file: str,
    name: str,
    accounts: tuple[str, ...],
    ous: tuple[str, ...],
    regions: tuple[str, ...],
    given: tuple[str, ...],
    failure_tolerance: str,
    concurrency: str,
    region_order: str,
    permission_model: str | None,
    admin_role: str | None,
    execution_role: str | None,
    auto_deploy: bool,
    yes: bool,
    where: Where,
) -> int:
    """Roll a template out; 'apply' may be left out. Running it again adds what is missing and updates what is behind.

    Only the named accounts and regions are touched: instances of the set elsewhere stay as they are. --region is
    where the set itself lives; --regions are where its stacks go. --concurrency is lowered to the failures that are
    borne, plus one.

    With --accounts, this account needs the role AWSCloudFormationStackSetAdministrationRole, and each of those the
    role AWSCloudFormationStackSetExecutionRole, or others that you name. With --ous, the organization needs trusted
    access for stack sets. With --local, neither.

    Exit code 0: every instance that was asked for is up to date; 1: one is not, even if the failure was tolerated.

    \b
    tap-templates rollout t.json --name audit --accounts 111122223333,444455556666 --regions eu-west-1,us-east-1
    tap-templates rollout t.json --name audit --ous ou-ab12-cdef3456 --regions eu-west-1 --failure-tolerance 10%
    """
    from tap_templates.deployment.rollouts import Preferences, Request, apply, plan_for, share, targets

    model = MODELS[permission_model] if permission_model else None
    request = Request(
        name=name,
        body=template_text(file),
        targets=targets(accounts=listed(accounts), ous=listed(ous), regions=listed(regions), permission_model=model),
        parameters=answers(given),
        preferences=Preferences(
            share(failure_tolerance, option="--failure-tolerance", least=0),
            share(concurrency, option="--concurrency", least=1),
            parallel_regions=region_order == "parallel",
        ),
        administration_role=admin_role,
        execution_role=execution_role,
        auto_deploy=auto_deploy,
    )
    request.check()
    with where.backend() as (distributor, watch, progress, _):
        plan = plan_for(request, distributor)
        if _shown(plan) and not agreed(yes=yes):
            click.echo("nothing was done", err=True)
            return 1
        if request.targets.permission_model == "SELF_MANAGED":
            progress.total = len(plan.update) + len(plan.create)
        rollout = apply(plan, distributor, watch)
    print_instances(rollout.instances)
    print_failures(rollout)
    click.echo(summary(rollout), err=True)
    return 0 if rollout.succeeded else 1


def _shown(plan: Plan) -> bool:
    """True when there is something to do; either is said."""
    if plan.is_empty:
        click.echo(f"stack set {plan.request.name} is up to date", err=True)
    for sentence in plan.sentences():
        click.echo(f"- {sentence}", err=True)
    return not plan.is_empty
