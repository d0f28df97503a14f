"""``tap-templates check``: whether templates meet the requirements, before anything is uploaded."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import click

from tap_templates.cli.checking import checker
from tap_templates.contracts.writing import is_contract
from tap_templates.errors import UsageError

if TYPE_CHECKING:
    from tap_templates.checks.engine import Report

FORMAT_NAMES = ("text", "json", "sarif", "junit")


@click.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("-c", "--config", metavar="FILE", help="Settings file (tap.yaml) with requirements and suppressions.")
@click.option("-e", "--environment", metavar="ENV", help="Environment of the settings file.")
@click.option("--region", "regions", metavar="REGION", multiple=True, help="Region to check for; again for more.")
@click.option("--format", "form", type=click.Choice(FORMAT_NAMES), default="text", help="How findings are written.")
@click.option("-o", "--output", metavar="FILE", help="Write the findings to a file.")
@click.option("--evidence", metavar="FILE", help="Write the matrix of requirements and results: FILE.json and FILE.md.")
def command(
    files: tuple[str, ...],
    config: str | None,
    environment: str | None,
    regions: tuple[str, ...],
    form: str,
    output: str | None,
    evidence: str | None,
) -> int:
    """Check templates against cfn-lint's rules and the organisation's requirements, offline.

    Exit code 0: nothing found; 1: errors or warnings; 2: a file that is no template, or a usage error.
    Several files are also checked for names that collide; contracts of outputs (NAME.outputs.json) among them are
    passed over. Needs the extra 'check'.

    \b
    tap-templates check templates/*.json
    tap-templates check t.json -c tap.yaml -e prod --evidence evidence/prod
    tap-templates check t.yaml --format sarif -o findings.sarif
    """
    report = checker("check", config, environment, regions).check(_templates(files))
    _write(report, form, output)
    if evidence:
        _write_evidence(report, evidence)
    return 0 if report.passes else 1


def _templates(files: tuple[str, ...]) -> list[str]:
    """Without the contracts that a pattern such as ``templates/*.json`` brings in."""
    templates = [file for file in files if not is_contract(file)]
    if not templates:
        raise UsageError(files[0], found="a contract of outputs", remedy="name a template")
    return templates


def _write(report: Report, form: str, output: str | None) -> None:
    from tap_templates.checks.presentation import FORMATS, summary
    from tap_templates.report.files import write_whole

    text = FORMATS[form](report)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)
        click.echo(f"wrote {output}", err=True)
    if output is not None or form != "text":
        click.echo(summary(report), err=True)


def _write_evidence(report: Report, evidence: str) -> None:
    from tap_templates.checks.evidence import as_data, as_markdown
    from tap_templates.report.files import write_whole

    data = as_data(report)
    stem = os.path.splitext(evidence)[0] if evidence.endswith((".json", ".md")) else evidence
    for path, text in ((f"{stem}.json", json.dumps(data, indent=2) + "\n"), (f"{stem}.md", as_markdown(data))):
        write_whole(path, text)
        click.echo(f"wrote {path}", err=True)
