"""What a framework or one of its controls is about: what it asks for, which checks show it, what none of them shows."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator

from tap_templates.checks.rules import every_rule
from tap_templates.data.controls import STATES, Control, controls, edition, frameworks, versions
from tap_templates.data.security_hub import hub_controls
from tap_templates.errors import UsageError, did_you_mean
from tap_templates.frameworks import in_words

WIDTH = 100
MARKS = (":", " ")  # Between a framework and the id of a control: cis-aws:3.5, or as excluded_controls has it.


def overview() -> list[str]:
    """Every framework, a line each."""
    return [f"  {name:26}{edition(name, version).title}" for name in frameworks() for version in versions(name)]


def explain(name: str) -> str | None:
    """What a framework (``fsbp``) or a control (``fsbp:S3.8``) is about; None where it is the name of neither.

    Raises:
        UsageError: A framework that is known, and a control that it does not have.
    """
    framework, _, number = next((name.partition(mark) for mark in MARKS if mark in name), (name, "", ""))
    framework = framework.lower()
    if framework not in frameworks():
        return None
    version = versions(framework)[-1]
    if not number:
        return _framework(framework, version)
    every = {control.id.lower(): control for control in controls(framework, version)}
    if number.lower() not in every:
        known = [f"{framework}:{control.id}" for control in every.values()]
        lists = f"`tap-templates explain {framework}` lists the controls of {edition(framework, version).title}"
        raise UsageError("explain", found=name, remedy=f"{lists}{did_you_mean(name, known)}")
    return _control(every[number.lower()])


def names() -> Iterator[str]:
    """What ``explain`` takes: each framework, and each control."""
    for framework in frameworks():
        yield framework
        yield from (f"{framework}:{control.id}" for control in controls(framework, versions(framework)[-1]))


def in_lines(shown: Iterable[Control]) -> Iterator[str]:
    """Controls that a check shows: a line each, or one for all of a framework that can be shown in part alone."""
    ids: dict[str, list[str]] = {}
    for control in shown:
        if edition(control.framework, control.version).in_part:
            ids.setdefault(f"{control.framework} (version {control.version})", []).append(control.id)
        else:
            yield f"Control: {control.name} (version {control.version}): {control.title}"
    for framework, each in ids.items():
        yield from textwrap.wrap(f"Controls: {framework}: {', '.join(each)}", WIDTH, subsequent_indent="  ")


def _framework(framework: str, version: str) -> str:
    about = edition(framework, version)
    every = controls(framework, version)
    counts = Counter(control.state for control in every)
    lines = [f"{framework}: {about.title}", "", *_paragraph("What", about.scope)]
    lines += [f"Controls: {len(every)} ({', '.join(f'{counts[state]} {state}' for state in STATES)})"]
    lines += [f"  {control.id:18}{control.state:18}{control.title}" for control in every]
    return "\n".join([*lines, "", f"Source: {about.source} ({about.date})"]) + "\n"


def _control(control: Control) -> str:
    title = edition(control.framework, control.version).title
    lines = [f"{control.framework}:{control.id}: {control.title}", "", f"Framework: {title}", f"State: {control.state}"]
    if control.reason:
        lines += textwrap.wrap(f"Why: {control.reason}", WIDTH, subsequent_indent="  ")
    lines.append("")
    if control.demands:
        asked = {f"  {each.key}: {in_words(each.wanted)}, unless {each.by} is excluded" for each in control.demands}
        lines += ["Requirements:", *sorted(asked), ""]
    if control.rules:
        known = {rule.id: rule.shortdesc for rule in every_rule()}
        lines += ["Checks:", *(f"  {rule}: {known.get(rule, 'not in this version')}" for rule in control.rules), ""]
    if control.related != (control.id,) and control.related:
        lines += ["Security Hub:", *(f"  {name}: {hub_controls()[name].title}" for name in control.related), ""]
    return "\n".join([*lines, f"Source: {control.source}"]) + "\n"


def _paragraph(title: str, text: str) -> list[str]:
    return [*textwrap.wrap(f"{title}: {text}", WIDTH, subsequent_indent="  "), ""]
