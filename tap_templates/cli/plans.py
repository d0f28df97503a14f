"""What is about to happen, as a table: the changes of a deployment, and what a deletion takes and leaves."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

    from tap_templates.deployment import Change, DeletionPlan, Plan

NARROWEST = 120
MOST_ADDED = 12
"""So many resources that are only added are shown one by one; more are counted by type."""
MOST_NAMED = 5
REPLACEMENT = {"True": "yes", "Conditional": "perhaps"}
COLORS = {"Add": "green", "Import": "green", "Remove": "red", "Modify": "yellow"}


def console(*, stderr: bool = False) -> Any:
    """A rich console; not narrower than a table needs where no terminal says how wide it is."""
    from rich.console import Console

    made = Console(highlight=False, stderr=stderr)
    return made if made.is_terminal else Console(highlight=False, stderr=stderr, width=max(made.width, NARROWEST))


def show_changes(plan: Plan) -> None:
    """The change set, what it acknowledges, and how many resources it is about; on stderr."""
    from rich.table import Table

    table = Table(title=f"stack {plan.stack_name}: {'new' if plan.creates else 'changes'}", title_justify="left")
    for name in ("action", "resource", "type", "replacement", "lost"):
        table.add_column(name, overflow="fold")
    added = [change for change in plan.changes if change.action == "Add"]
    if len(added) > MOST_ADDED:
        _count_by_type(table, added)
        shown: tuple[Change, ...] = tuple(change for change in plan.changes if change.action != "Add")
    else:
        shown = plan.changes
    for change in shown:
        _add_row(table, change)
    console(stderr=True).print(table)
    for capability in plan.capabilities:
        names = ", ".join(capability.because[:MOST_NAMED])
        more = len(capability.because) - MOST_NAMED
        click.echo(f"acknowledges {capability.name}: {names}{f' and {more} more' if more > 0 else ''}", err=True)
    if plan.termination_protection is not None:
        click.echo(f"termination protection: {'on' if plan.termination_protection else 'off'}", err=True)
    click.echo(_counted(plan), err=True)


def show_deletion(plan: DeletionPlan) -> None:
    """What goes and what stays; on stderr."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(title=f"stack {plan.stack_name}: deletion", title_justify="left")
    for name in ("resource", "type", "goes or stays", "lost"):
        table.add_column(name, overflow="fold")
    telling = [fate for fate in plan.fates if fate.stays or fate.loses]
    for kind, group in groupby(sorted(set(plan.fates) - set(telling), key=lambda fate: fate.type), lambda f: f.type):
        fates = list(group)
        named = fates[0].logical_id if len(fates) == 1 else f"{len(fates)} resources"
        table.add_row(named, kind, "[red]goes[/]", "")
    for fate in telling:
        what = f"[green]stays[/]: {escape(fate.stays)}" if fate.stays else "[red]goes[/]"
        table.add_row(fate.logical_id, fate.type, what, f"[bold red]{escape(fate.loses)}[/]" if fate.loses else "")
    console(stderr=True).print(table)
    click.echo(f"stack {plan.stack_name}: {len(plan.going)} go, {len(plan.staying)} stay", err=True)


def _add_row(table: Table, change: Change) -> None:
    from rich.markup import escape

    replacement = REPLACEMENT.get(change.replacement, "")
    if replacement and change.because:
        replacement = f"{replacement}: {', '.join(change.because)}"
    lost = f"[bold red]{escape(change.loses)}[/]" if change.loses else ""
    action = f"[{COLORS.get(change.action, 'magenta')}]{change.action}[/]"
    table.add_row(action, change.logical_id, change.type, replacement, lost)


def _count_by_type(table: Table, added: list[Change]) -> None:
    for kind, group in groupby(sorted(added, key=lambda change: change.type), key=lambda change: change.type):
        changes = list(group)
        if len(changes) == 1:
            _add_row(table, changes[0])
        else:
            table.add_row("[green]Add[/]", f"{len(changes)} resources", kind, "", "")


def _counted(plan: Plan) -> str:
    """``stack payments-dev: 68 to add, 1 to modify, 2 to remove, 1 of them replaced``"""
    words = {"Add": "to add", "Modify": "to modify", "Remove": "to remove", "Import": "to import"}
    counts: dict[str, int] = {}
    for change in plan.changes:
        word = words.get(change.action, "that only AWS can tell")
        counts[word] = counts.get(word, 0) + 1
    said = [f"{count} {word}" for word, count in counts.items()]
    replaced = sum(change.replacement == "True" for change in plan.changes)
    said += [f"{replaced} of them replaced"] if replaced else []
    return f"stack {plan.stack_name}: {', '.join(said) or 'no resource changes'}"
