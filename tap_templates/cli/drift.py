"""``tap-templates drift``: what has been changed in a stack past CloudFormation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tap_templates.cli.target import Target, target_options

if TYPE_CHECKING:
    from tap_templates.deployment import Drift

MINUTES = 10
LONGEST_VALUE = 200


@click.command("drift")
@click.argument("stack_name", metavar="STACK")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to say it.")
@click.option("--timeout", "minutes", type=click.FloatRange(min=0), default=MINUTES, show_default=True,
              metavar="MINUTES", help="How long to wait.")  # fmt: skip
@target_options
def command(stack_name: str, form: str, minutes: float, target: Target) -> int:
    """Have CloudFormation compare a stack with its template, and show what differs.

    CloudFormation looks at the types that it knows how to compare, and at properties that the template states; `verify`
    reads more. Exit code 0: in sync; 1: drift, or not all of it could be looked at; 2: no such stack.

    \b
    tap-templates drift payments-prod
    tap-templates drift payments-dev --local --format json
    """
    with target.clients() as clients:
        from tap_templates.deployment import detect_drift

        found = detect_drift(
            stack_name,
            client=clients("cloudformation"),
            timeout_seconds=minutes * 60,
            poll_seconds=target.poll_seconds,
        )
    if form == "json":
        click.echo(json.dumps(_data(found), indent=2))
    else:
        _print_table(found)
        click.echo(summary(found))
    return 1 if found.differences or found.failure else 0


def summary(found: Drift) -> str:
    """``stack payments-dev: 2 differences in 1 resource; 30 resources as declared``, and what was not compared."""
    drifted = len({difference.logical_id for difference in found.differences})
    count = len(found.differences)
    said = f"{count} difference{'s' * (count != 1)} in {drifted} resource{'s' * (drifted != 1)}" if count else "in sync"
    unchecked = f", {len(found.unchecked)} that CloudFormation cannot compare" if found.unchecked else ""
    failed = f"; not all were looked at: {found.failure}" if found.failure else ""
    synced = f"{found.in_sync} resource{'s' * (found.in_sync != 1)} as declared"
    return f"stack {found.stack_name}: {said}; {synced}{unchecked}{failed}"


def _print_table(found: Drift) -> None:
    from rich.markup import escape
    from rich.table import Table

    from tap_templates.cli.plans import console

    if not found.differences:
        return
    table = Table()
    for name in ("resource", "type", "property", "expected", "actual"):
        table.add_column(name, overflow="fold")
    shown = ""
    for each in found.differences:
        head = ("", "") if each.logical_id == shown else (each.logical_id, each.type)
        table.add_row(*head, escape(each.path), escape(_short(each.expected)), escape(_short(each.actual)))
        shown = each.logical_id
    console().print(table)


def _short(value: str | None) -> str:
    if value is None:
        return "nothing"
    return value if len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"


def _data(found: Drift) -> dict[str, Any]:
    return {
        "stack": found.stack_name,
        "in_sync": not found.differences and not found.failure,
        "failure": found.failure,
        "unchecked": list(found.unchecked),
        "differences": [
            {
                "resource": each.logical_id,
                "type": each.type,
                "id": each.physical_id,
                "property": each.path,
                "expected": each.expected,
                "actual": each.actual,
            }
            for each in found.differences
        ],
    }
