"""What a check or a requirement is about, in words and examples, from the rules and tables themselves."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from typing import Any

from tap_templates.checks import control_explanation
from tap_templates.checks.control_explanation import in_lines
from tap_templates.checks.rule import Rule
from tap_templates.checks.rules import every_rule
from tap_templates.data.controls import controls_of
from tap_templates.requirements import REQUIREMENTS, Requirement

WIDTH = 100
MOST_SHOWN = 20  # Entries of one mapping in an example.


def overview() -> str:
    """Every requirement, every check and every framework, a line each."""
    lines = ["Requirements", *(f"  {row.key:26}{row.description}" for row in REQUIREMENTS)]
    lines += ["", "Checks", *(f"  {rule.id:8}{rule.shortdesc}" for rule in every_rule())]
    lines += ["", "Frameworks", *control_explanation.overview()]
    return "\n".join(lines) + "\n"


def explain_rule(rule: Rule) -> str:
    """What a check is about: what must hold, why, how to mend it, an example of each kind, sources, controls."""
    lines = [f"{rule.id}: {rule.shortdesc}", ""]
    lines += _paragraph("What", rule.description)
    lines += _paragraph("Why", rule.why)
    lines += _paragraph("Fix", rule.fix)
    lines += _paragraph("Requirements", ", ".join(rule.demands) or "none: it always holds")
    lines += ["Fails:", _code(rule.example.failing), "", "Passes:", _code(rule.example.passing), ""]
    lines += [f"Source: {rule.source_url}", *in_lines(controls_of(rule.id))]
    return "\n".join(lines) + "\n"


def explain_requirement(row: Requirement) -> str:
    """What a requirement means, what it does to the build, the checks that prove it, and their controls."""
    rules = [rule for rule in every_rule() if row.key in rule.demands]
    words = ", ".join(str(word) for word in row.allowed)
    if row.minimum is not None:
        words = f"{row.minimum} to {row.maximum}"
    lines = [f"requirements.{row.key}", "", *_paragraph("What", row.description)]
    lines += _paragraph("Values", words or type(row.default).__name__) + _paragraph("Default", json.dumps(row.default))
    lines += _paragraph("Build", row.build)
    lines += ["Checks:", *(f"  {rule.id}: {rule.shortdesc}" for rule in rules)] if rules else ["Checks: none"]
    for rule in rules[:1]:
        lines += ["", "Fails:", _code(rule.example.failing), "", "Passes:", _code(rule.example.passing)]
    every = {control.name: control for rule in rules for control in controls_of(rule.id)}
    return "\n".join([*lines, "", *in_lines(every.values())]).rstrip() + "\n"


def _paragraph(title: str, text: str) -> list[str]:
    return [*textwrap.wrap(f"{title}: {text}", WIDTH, subsequent_indent="  "), ""]


def _code(template: object) -> str:
    return textwrap.indent(json.dumps(_shortened(template), indent=2), "  ")


def _shortened(value: Any) -> Any:
    """A template of which nothing is repeated too often to be read."""
    if not isinstance(value, Mapping):
        return [_shortened(item) for item in value] if isinstance(value, list) else value
    entries = list(value.items())
    kept = entries if len(entries) <= MOST_SHOWN else [*entries[:1], (f"... {len(entries) - 1} more", "...")]
    return {key: _shortened(item) for key, item in kept}
