"""What a person sees of a rollout: results as they come, a table of the instances, what failed and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from tap_templates.deployment.rollouts import DriftedResource, Instance, Operation, Result, Rollout


class Progress:
    """Tells each result with how many there are, and the reason of those that failed."""

    def __init__(self) -> None:
        self.total, self.done = 0, 0  # a total of 0: not known

    def __call__(self, result: Result) -> None:
        """Prints one result."""
        self.done += 1
        count = f"{self.done}/{self.total}" if self.total >= self.done else str(self.done)
        click.echo(f"{count:>9} {result.status:9} {result.account} {result.region} {result.cause}".rstrip(), err=True)


def print_instances(instances: Sequence[Instance], *, drift: bool = False) -> None:
    """A table of the instances: account, region, status, reason."""
    rows = [
        (
            instance.account,
            instance.region,
            (instance.drift or "NOT_CHECKED") if drift else instance.status,
            *(() if drift else (instance.detail, instance.cause)),
        )
        for instance in instances
    ]
    heads = ("account", "region", "drift") if drift else ("account", "region", "status", "last operation", "reason")
    _print_table(heads, rows)


def print_drifted(resources: Iterable[DriftedResource]) -> None:
    """One line for each resource that is not as its template says, and one for each difference."""
    for resource in resources:
        click.echo(f"{resource.account}/{resource.region} {resource.logical_id} ({resource.type}): {resource.status}")
        for difference in resource.differences:
            click.echo(f"  {difference}")


def print_failures(rollout: Rollout) -> None:
    """What failed, each cause once with the places it failed in and what to do about it."""
    from tap_templates.data.stack_sets import remedy_of
    from tap_templates.deployment.failures import remedy_for

    places: dict[str, list[str]] = {}
    for operation in rollout.operations:
        for result in operation.failures:
            if result.status == "FAILED":
                places.setdefault(result.cause or "no reason given", []).append(f"{result.account}/{result.region}")
    for cause, found in places.items():
        remedy = remedy_of(cause) or remedy_for(cause)
        click.echo(f"error: {', '.join(found)}: {cause}; {remedy}", err=True)


def summary(rollout: Rollout) -> str:
    """``stack set audit: 6 instances: 4 CURRENT, 2 OUTDATED``."""
    statuses = [instance.status for instance in rollout.instances]
    counted = ", ".join(f"{statuses.count(status)} {status}" for status in dict.fromkeys(sorted(statuses)))
    total = f"{len(statuses)} instance{'' if len(statuses) == 1 else 's'}"
    return f"stack set {rollout.name}: {total}{f': {counted}' if counted else ''}"


def operation_line(operation: Operation) -> str:
    """``last operation: UPDATE FAILED (id)``."""
    reason = f": {operation.reason}" if operation.reason else ""
    return f"last operation: {operation.action} {operation.status} ({operation.id}){reason}"


def as_json(rollout: Rollout, drifted: Sequence[DriftedResource] | None = None) -> str:
    """The same for programs."""
    data: dict[str, object] = {
        "stack_set": rollout.name,
        "permission_model": rollout.permission_model,
        "operations": [{"id": op.id, "action": op.action, "status": op.status} for op in rollout.operations],
        "instances": [
            {
                "account": instance.account,
                "region": instance.region,
                "status": instance.status,
                "last_operation": instance.detail,
                "reason": instance.cause,
                "drift": instance.drift,
                "stack_id": instance.stack_id,
            }
            for instance in rollout.instances
        ],
    }
    if drifted is not None:
        data["drifted"] = [resource._asdict() for resource in drifted]
    return json.dumps(data, indent=2)


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on a terminal; columns elsewhere."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
        for row in (heads, *rows):
            click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        return
    table = Table()
    for head in heads:
        table.add_column(head, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table, markup=False)
