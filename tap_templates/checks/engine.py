"""Running the rules, cfn-lint's own and this library's, over template files, with what an organisation demands."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from cfnlint.config import ConfigMixIn
from cfnlint.decode import decode
from cfnlint.rules import Match
from cfnlint.runner import Runner, run_template_by_file_path

from tap_templates.checks import suppressions
from tap_templates.checks.collisions import collisions
from tap_templates.checks.locations import Location, location, location_in_settings
from tap_templates.checks.rule import UNDECIDED, Rule
from tap_templates.checks.suppressions import Placed
from tap_templates.checks.syntax import KNOWN, unknown_function
from tap_templates.checks.view import Path, View
from tap_templates.errors import UsageError, did_you_mean
from tap_templates.requirements import Requirements
from tap_templates.settings import Suppression
from tap_templates.stack.limits import LARGEST_TEMPLATE_BYTES

RULES = "tap_templates.checks.rules"
DEFAULT_REGION = "us-east-1"


class Finding(NamedTuple):
    """What one rule says of one place of one file; lines and columns count from 1."""

    file: str
    rule: str
    severity: str  # error, warning or informational
    message: str
    line: int
    column: int
    path: Path
    source_url: str
    match: Match  # As cfn-lint's formatters take it.

    @property
    def logical_id(self) -> str:
        """The resource, or the section where it is none, or nothing."""
        if not self.path:
            return ""
        return str(self.path[1] if self.path[0] == "Resources" and len(self.path) > 1 else self.path[0])

    @property
    def is_undecided(self) -> bool:
        """Whether a rule could not tell."""
        return self.rule == UNDECIDED


class Report(NamedTuple):
    """All that was found in some files."""

    files: tuple[str, ...]
    findings: tuple[Finding, ...]
    suppressed: tuple[Finding, ...]
    in_force: tuple[Suppression, ...]
    checker: Checker

    @property
    def passes(self) -> bool:
        """Whether there is no error and no warning."""
        return all(finding.severity == "informational" for finding in self.findings)


class Checker:
    """The rules with the demands of one organisation; checks any number of files.

    Args:
        demanded: what the rules prove; by default the defaults of ``Requirements``
        regions: Regions whose schemas cfn-lint applies; by default the allowed ones, or us-east-1
        accepted: suppressions of the settings file
        source: the settings file, for what is said of its suppressions
    """

    def __init__(
        self,
        demanded: Requirements | None = None,
        *,
        regions: Sequence[str] = (),
        accepted: Sequence[Suppression] = (),
        source: str = "tap.yaml",
        today: date | None = None,
    ) -> None:
        self.requirements = demanded or Requirements()
        self.today = today or date.today()
        self.accepted = [Placed(each, ("suppressions", index), source) for index, each in enumerate(accepted)]
        self.config = ConfigMixIn(
            [],
            config_file=os.devnull,  # Demands stand in the settings, not in a .cfnlintrc that happens to be near.
            append_rules=[RULES],
            include_checks=["I"],
            regions=list(regions or self.requirements.allowed_regions or [DEFAULT_REGION]),
            configure_rules=configuration(self.requirements),
        )
        self.lint_rules = Runner(self.config).rules
        for rule in self.rules:
            rule.honours_suppressions = False  # They are applied here, where it shows which of them is needed.
            rule.configure(self.config.configure_rules.get(rule.id))

    @property
    def rules(self) -> list[Rule]:
        """This library's rules, configured, in the order of their ids."""
        own = (rule for rule in self.lint_rules.values() if isinstance(rule, Rule))
        return sorted(own, key=lambda rule: rule.id)

    def check(self, files: Sequence[str]) -> Report:
        """What all rules say of some template files, and of the names that they share.

        Raises:
            UsageError: A file that cannot be read or is no template.
        """
        views = {file: read(file) for file in dict.fromkeys(files)}
        findings: list[Finding] = []
        silent: list[Finding] = []
        used: list[Placed] = []
        everything = {file: list(self._run(file)) for file in views}
        for clash in collisions(views):
            place = clash.second
            at = location(views[place.file].template, place.path)
            everything[place.file].append(self._finding(place.file, "E9516", place.path, clash.message(), at))
        for file, found in everything.items():
            written = suppressions.written(views[file])
            covering = suppressions.in_force([*written, *self.accepted], self.today)
            for finding in found:
                by = [each for each in covering if each.covers(finding.rule, finding.logical_id)]
                (silent if by else findings).append(finding)
                used += by
            unneeded = [each for each in written if each in covering and each not in used]
            template = views[file].template
            findings += [self._unneeded(file, each, location(template, each.path)) for each in unneeded]
        findings += self._of_accepted(next(iter(views), ""), used)
        findings.sort(key=lambda finding: (finding.file, finding.line, finding.rule, finding.message))
        in_force = tuple(dict.fromkeys(each.suppression for each in used))
        return Report(tuple(views), tuple(findings), tuple(silent), in_force, self)

    def _run(self, file: str) -> Iterator[Finding]:
        for match in run_template_by_file_path(file, self.config, self.lint_rules, False):
            yield _as_finding(file, match, tuple(getattr(match, "path", None) or ()))

    def _finding(self, file: str, rule: str, path: Path, message: str, at: Location) -> Finding:
        """A finding of the engine itself."""
        match = Match.create(
            message=message, filename=file, rule=self.lint_rules[rule], linenumber=at.line, columnnumber=at.column
        )
        return _as_finding(file, match, path)

    def _unneeded(self, file: str, placed: Placed, at: Location) -> Finding:
        rule = self.lint_rules["W9003"]
        said = f"{placed.suppression.rule} of {placed.suppression.resource}"
        place = ".".join(str(part) for part in placed.path)
        message = f"{place}: found nothing that it suppresses ({said}); {rule.fix}"
        return self._finding(file, rule.id, placed.path, message, at)

    def _of_accepted(self, file: str, used: Sequence[Placed]) -> Iterator[Finding]:
        """What is wrong with the settings' suppressions themselves."""
        for placed in self.accepted:
            missing = suppressions.missing_parts(placed.suppression)
            place = ".".join(str(part) for part in placed.path)
            at = location_in_settings(placed.source, placed.suppression)
            if missing:
                message = f"{place}: found no {', '.join(missing)}; {self.lint_rules['E9001'].fix}"
                yield self._finding(placed.source, "E9001", placed.path, message, at)
            elif suppressions.is_past(placed.suppression, self.today):
                message = f"{place}: found the last day {placed.suppression.expires}; {self.lint_rules['E9002'].fix}"
                yield self._finding(placed.source, "E9002", placed.path, message, at)
            elif placed not in used:
                yield self._unneeded(placed.source, placed, at)


def configuration(demanded: Requirements) -> dict[str, dict[str, Any]]:
    """``configure_rules`` of cfn-lint for some demands: ``{"E9101": {"bucket_encryption": "AES256"}, ...}``."""
    from tap_templates.checks.rules import every_rule

    return {
        rule.id: {key: _plain(getattr(demanded, key)) for key in rule.demands} for rule in every_rule() if rule.demands
    }


def read(file: str) -> View:
    """A template file as the rules see it.

    Raises:
        UsageError: It cannot be read, is too large, or is no template.
    """
    try:
        size = os.path.getsize(file)
        with open(file, encoding="utf-8") as opened:
            text = opened.read(LARGEST_TEMPLATE_BYTES + 1)
    except (OSError, UnicodeDecodeError) as error:
        found = (error.strerror or "").lower() if isinstance(error, OSError) else "bytes that are not UTF-8"
        raise UsageError(file, found=found, remedy="name a template file in JSON or YAML") from error
    if size > LARGEST_TEMPLATE_BYTES:
        remedy = f"name a template; CloudFormation takes at most {LARGEST_TEMPLATE_BYTES:,}"
        raise UsageError(file, found=f"{size:,} bytes", remedy=remedy)
    if not text.strip():
        raise UsageError(file, found="an empty file", remedy="name a template file in JSON or YAML")
    template, problems = decode(file)
    if problems:
        [problem, *_] = problems
        place = f"{file}:{problem.linenumber}"
        raise UsageError(place, found=problem.message, remedy="write a CloudFormation template in JSON or YAML")
    if not isinstance(template, Mapping) or "Resources" not in template:
        remedy = "name a CloudFormation template: a mapping with Resources"
        raise UsageError(file, found="no Resources", remedy=remedy)
    unknown = unknown_function(template)
    if unknown:
        place = f"{file}:{location(template, unknown.path).line}: {'.'.join(map(str, unknown.path))}"
        remedy = f"use a function that CloudFormation has{did_you_mean(unknown.function, KNOWN)}"
        raise UsageError(place, found=unknown.function, remedy=remedy)
    return View(template)


def _as_finding(file: str, match: Match, path: Path) -> Finding:
    rule = match.rule
    message = " ".join(match.message.split())
    return Finding(
        file, rule.id, rule.severity, message, match.linenumber, match.columnnumber, path, rule.source_url, match
    )


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
