"""How findings are shown: a table for people, JSON, and through cfn-lint's own formatters SARIF and JUnit."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cfnlint.formatters import BaseFormatter, JUnitFormatter, SARIFFormatter

from tap_templates.checks.engine import Report
from tap_templates.errors import MissingExtraError

COLORS = {"error": "red", "warning": "yellow", "informational": "blue"}


def text(report: Report) -> str:
    """Findings grouped by file and resource, and how many there are."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    with console.capture() as captured:
        for file in dict.fromkeys(finding.file for finding in report.findings):
            table = Table("resource", "check", title=file, title_justify="left", title_style="bold")
            table.add_column("finding", overflow="fold", ratio=1)
            table.add_column("line", justify="right")
            shown = ""
            for finding in sorted(
                (each for each in report.findings if each.file == file), key=lambda each: each.logical_id
            ):
                name = "" if finding.logical_id == shown else finding.logical_id
                color = COLORS[finding.severity]
                table.add_row(name, f"[{color}]{finding.rule}[/]", _escaped(finding.message), str(finding.line))
                shown = finding.logical_id
            console.print(table)
    return captured.get() + summary(report) + "\n"


def summary(report: Report) -> str:
    """``3 files: 2 errors, 1 warning; 1 cannot be told; 4 suppressed by 2 suppressions in force``"""
    counts = _counts(report)
    files = f"{len(report.files)} file{'s' if len(report.files) != 1 else ''}"
    found = ", ".join(f"{counts[severity]} {severity}{_plural(severity, counts[severity])}" for severity in COLORS)
    unclear = f"; {counts['cannot tell']} of them cannot be told" if counts["cannot tell"] else ""
    silent = (
        f"{len(report.suppressed)} suppressed by {len(report.in_force)} suppression{_plural('', len(report.in_force))}"
    )
    return f"{files}: {found}{unclear}; {silent} in force"


def as_json(report: Report) -> str:
    """Findings and counts."""
    data: dict[str, Any] = {
        "files": list(report.files),
        "summary": {**_counts(report), "suppressed": len(report.suppressed), "suppressions": len(report.in_force)},
        "findings": [
            {
                "file": finding.file,
                "line": finding.line,
                "column": finding.column,
                "rule": finding.rule,
                "severity": finding.severity,
                "resource": finding.logical_id,
                "path": list(finding.path),
                "message": finding.message,
                "source": finding.source_url,
            }
            for finding in report.findings
        ],
    }
    return json.dumps(data, indent=2) + "\n"


def sarif(report: Report) -> str:
    """SARIF 2.1.0, for code scanning; the same bytes for the same findings."""
    data = json.loads(_formatted(SARIFFormatter(), report))
    for run in data["runs"]:
        run["tool"]["driver"]["rules"].sort(key=lambda rule: str(rule["id"]))
        for result in run["results"]:
            for place in result["locations"]:
                _refer(place["physicalLocation"]["artifactLocation"])
    return json.dumps(data, indent=2) + "\n"


def junit(report: Report) -> str:
    """JUnit XML: one test case for each rule."""
    return _formatted(JUnitFormatter(), report)


FORMATS: dict[str, Callable[[Report], str]] = {"text": text, "json": as_json, "sarif": sarif, "junit": junit}


def _formatted(formatter: BaseFormatter, report: Report) -> str:
    checker = report.checker
    matches = [finding.match for finding in report.findings]
    try:
        return str(formatter.print_matches(matches, checker.lint_rules, checker.config)) + "\n"
    except ImportError as error:
        raise MissingExtraError("--format", extra="check", missing=str(error).split()[-1]) from error


def _refer(artifact: dict[str, str]) -> None:
    """Makes the name of a file a URI: absolute, or relative to the folder that the check ran in.

    Source: SARIF 2.1.0, 3.4.4: with a uriBaseId it is a relative reference.
    """
    path = Path(artifact["uri"])
    if path.is_absolute():
        artifact["uri"] = path.as_uri()
        del artifact["uriBaseId"]
    else:
        artifact["uri"] = quote(path.as_posix())


def _counts(report: Report) -> dict[str, int]:
    counts = {severity: sum(each.severity == severity for each in report.findings) for severity in COLORS}
    return {**counts, "cannot tell": sum(each.is_undecided for each in report.findings)}


def _plural(severity: str, count: int) -> str:
    return "" if count == 1 or severity == "informational" else "s"


def _escaped(message: str) -> str:
    from rich.markup import escape

    return escape(message)
