"""``tap-templates verify``: what a deployed stack really is, beside what its template says."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from tap_templates.cli.target import Target, target_options

if TYPE_CHECKING:
    from tap_templates.deployment.verification import Verdict, Verification

LONGEST_VALUE = 300
NARROWEST = 140


@click.command("verify")
@click.argument("stack_name", metavar="STACK")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to say it.")
@click.option("--all", "everything", is_flag=True, help="Every value in detail, not only what is not as it should be.")
@click.option("--allow-undecided", is_flag=True, help="Succeed although values could not be read or worked out.")
@target_options
def command(stack_name: str, form: str, everything: bool, allow_undecided: bool, target: Target) -> int:
    """Read every deployed resource back through its service and compare it with the template.

    Exit code 0: all that the template states is applied. 1: a value is different, or could not be read or worked
    out, or a known gap of the embedded AWS is none any more. Known gaps are told and do not fail.

    \b
    tap-templates verify payments-dev --local
    tap-templates verify payments-prod --profile audit --format json > verification.json
    """
    with target.clients() as clients:
        from tap_templates.deployment.verification import verify
        from tap_templates.emulator import gap_reason, is_embedded_aws

        embedded = is_embedded_aws(clients("cloudformation").meta.endpoint_url)
        progress = Progress() if sys.stderr.isatty() else None
        found = verify(clients, stack_name, gap_reason=gap_reason if embedded else None, on_resource=progress)
    failed = bool(found.failures(allow_undecided=allow_undecided))
    if form == "json":
        click.echo(json.dumps(_data(found, verified=not failed), indent=2, default=str))
    else:
        _print_table(found, everything=everything)
        click.echo(summary(found))
    return 1 if failed else 0


class Progress:
    """One line on the terminal that is written over."""

    def __call__(self, logical_id: str, number: int, total: int) -> None:
        """Shows how far it is; goes when all is done."""
        text = f"{number}/{total} {logical_id}" if number < total else ""
        click.echo(f"\r\x1b[K{text}", err=True, nl=False, color=True)


def summary(found: Verification) -> str:
    """``stack payments-dev: 68 resources, 820 values: 819 applied, 1 different``."""
    counted = ", ".join(f"{count} {status}" for status, count in found.counts.items() if count) or "none"
    resources = len({verdict.logical_id for verdict in found.verdicts})
    return f"stack {found.stack}: {resources} resources, {len(found.verdicts)} values: {counted}"


def _print_table(found: Verification, *, everything: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=max(console.width, NARROWEST))
    table = Table()
    for name in ("resource", "type", "applied", "value", "verdict"):
        table.add_column(name, overflow="fold")
    fine: dict[str, list[Verdict]] = {}
    for logical_id, group in groupby(found.verdicts, key=lambda verdict: verdict.logical_id):
        verdicts = list(group)
        shown = [verdict for verdict in verdicts if everything or verdict.status != "applied"]
        if not shown:
            fine.setdefault(verdicts[0].type, []).extend(verdicts)
            continue
        applied = sum(verdict.status == "applied" for verdict in verdicts)
        head = (logical_id, verdicts[0].type, f"{applied}/{len(verdicts)}")
        for at, cells in enumerate(_details(shown)):
            table.add_row(*(head if at == 0 else ("", "", "")), *cells)
    for kind, verdicts in sorted(fine.items()):
        resources = list(dict.fromkeys(verdict.logical_id for verdict in verdicts))
        named = resources[0] if len(resources) == 1 else f"{len(resources)} resources"
        table.add_row(named, kind, f"{len(verdicts)}/{len(verdicts)}", "", "")
    console.print(table)


def _details(verdicts: list[Verdict]) -> Iterator[tuple[str, str]]:
    from rich.markup import escape

    for verdict in verdicts:
        yield escape(verdict.path), escape(explanation(verdict))


def explanation(verdict: Verdict) -> str:
    """A verdict in one sentence: ``different: expected 365, found 30``."""
    if verdict.status == "applied":
        return f"applied: {_short(verdict.expected)}" if verdict.path else "applied"
    if verdict.status == "different":
        reason = f" ({verdict.reason})" if verdict.reason else ""
        if not verdict.path:
            return f"different: {verdict.found}{reason}"
        return f"different: expected {_short(verdict.expected)}, found {_short(verdict.found)}{reason}"
    if verdict.status == "known gap":
        return f"known gap of the embedded AWS: {verdict.reason}"
    if verdict.status == "stale gap":
        return f"stale gap: applied, although the embedded AWS is said not to ({verdict.reason}); remove the entry"
    return f"{verdict.status}: {verdict.reason}"


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _data(found: Verification, *, verified: bool) -> dict[str, Any]:
    return {
        "stack": found.stack,
        "verified": verified,
        "counts": found.counts,
        "verdicts": [
            {
                "resource": verdict.logical_id,
                "type": verdict.type,
                "property": verdict.path,
                "verdict": verdict.status,
                "expected": verdict.expected,
                "found": verdict.found,
                "reason": verdict.reason,
            }
            for verdict in found.verdicts
        ],
    }
