"""What every rule is: a cfn-lint rule whose verdicts say what fails, what holds, and what it cannot tell.

A rule gives one verdict for each place that it judges. cfn-lint reports those that fail, and those that cannot be told
under an id of their own; the evidence lists all of them. Demands reach a rule as cfn-lint reaches any rule, by
``configure_rules``, so that a team can run the rules from its own cfn-lint, editors and formatters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, ClassVar, NamedTuple

from cfnlint.conditions import Conditions
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from tap_templates.checks import suppressions
from tap_templates.checks.view import Found, Path, Resource, Scenario, View
from tap_templates.requirements import REQUIREMENT, Requirement

HOLDS = "holds"
FAILS = "fails"
CANNOT_TELL = "cannot tell"
UNDECIDED = "W9000"  # Rule under which cfn-lint reports what cannot be told.


class Verdict(NamedTuple):
    """What a rule says of one place."""

    result: str  # One of the three words above.
    path: Path
    found: Any
    remedy: str = ""

    @property
    def logical_id(self) -> str:
        """The resource, or the section where it is none."""
        return str(self.path[1] if len(self.path) > 1 and self.path[0] == "Resources" else self.path[0])

    @property
    def property(self) -> str:
        """Dotted place in the resource's properties or in the section, without the sides of conditions."""
        start = 2 if self.path[:1] == ("Resources",) else 1
        inside = [part for index, part in enumerate(self.path[start:], start) if not _is_side(self.path, index)]
        return ".".join(str(part) for part in (inside[1:] if inside[:1] == ["Properties"] else inside))

    def message(self) -> str:
        """Where, what was found, what to do."""
        place = ".".join(part for part in (self.logical_id, self.property) if part)
        if self.result == CANNOT_TELL:
            return f"{place}: cannot tell what {_short(self.found)} becomes; {self.remedy}"
        return f"{place}: found {_short(self.found)}; {self.remedy}"


class Example(NamedTuple):
    """A small template that breaks a rule, and its mended form."""

    failing: Mapping[str, Any]
    passing: Mapping[str, Any]


class Rule(CloudFormationLintRule):
    """A rule of this library; without an id it is a base class, which cfn-lint leaves out."""

    id: str = ""
    tags: ClassVar[list[str]] = []
    why: ClassVar[str] = ""
    fix: ClassVar[str] = ""
    demands: ClassVar[tuple[str, ...]] = ()  # Keys of the requirements that it proves.
    example: ClassVar[Example]
    example_demands: ClassVar[Mapping[str, Any]] = {}  # Where the failing example fails by a demand of its own only.

    def __init__(self) -> None:
        super().__init__()
        self.honours_suppressions = True
        self.config_definition = {key: _definition(REQUIREMENT[key]) for key in self.demands}
        self.child_rules = {UNDECIDED: None}
        self.configure()

    def configure(self, configs: Any = None, experimental: bool = False) -> None:
        """Takes the demands; each that is not given has the default of its requirement."""
        super().configure(configs, experimental)
        for key in self.demands:
            if isinstance(configs, Mapping) and self.config_definition[key]["type"] == "mapping" and key in configs:
                self.config[key] = configs[key]

    def demand(self, key: str) -> Any:
        """What is demanded under one of ``demands``."""
        return self.config[key]

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each place of the template that the rule is about."""
        raise NotImplementedError

    def match(self, cfn: Template) -> Iterator[RuleMatch]:
        """What cfn-lint asks for: the verdicts that do not hold and that the template does not suppress."""
        view = view_of(cfn)
        for verdict in self.judge(view):
            if verdict.result == HOLDS or (self.honours_suppressions and self._is_suppressed(view, verdict)):
                continue
            if verdict.result == FAILS:
                yield RuleMatch(list(verdict.path), verdict.message(), verdict=verdict)
            else:
                rule = self.child_rules.get(UNDECIDED) or self
                yield RuleMatch(list(verdict.path), f"{self.id} {verdict.message()}", rule=rule, verdict=verdict)

    def reported_as(self, verdict: Verdict) -> str:
        """The id under which a verdict that does not hold is found."""
        return UNDECIDED if verdict.result == CANNOT_TELL else self.id

    def _is_suppressed(self, view: View, verdict: Verdict) -> bool:
        accepted = suppressions.in_force(suppressions.written(view), date.today())
        return any(each.covers(self.reported_as(verdict), verdict.logical_id) for each in accepted)


class PropertyRule(Rule):
    """A rule about one property of resources of some types: each value that it can have is accepted or not."""

    types: ClassVar[tuple[str, ...]] = ()
    property: ClassVar[str] = ""  # Dotted, as in ``Resource.get``.
    missing_holds: ClassVar[bool] = False  # Whether AWS's default is what must hold.

    def applies(self, resource: Resource) -> bool:
        """Whether a resource of the types is judged."""
        return True

    def accepts(self, value: Any) -> bool | None:
        """Whether a plain value is what must hold; None when it cannot be told."""
        raise NotImplementedError

    def accepts_intrinsic(self, resource: Resource, value: Any) -> bool | None:
        """Whether what only AWS knows is accepted; None when it cannot be told."""
        return None

    def remedy(self) -> str:
        """What to write instead."""
        return self.fix

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each value of the property."""
        for resource in view.of(*self.types):
            if self.applies(resource):
                for found in resource.get(self.property):
                    yield self._verdict(resource, found)

    def _verdict(self, resource: Resource, found: Found) -> Verdict:
        if found.is_unknown:
            accepted = self.accepts_intrinsic(resource, found.value)
        elif found.is_missing:
            accepted = self.missing_holds
        else:
            accepted = self.accepts(found.value)
        return verdict(found, accepted, self.remedy())


def verdict(found: Found, accepted: bool | None, remedy: str) -> Verdict:
    """The verdict on one value: it holds, fails, or (None) cannot be told."""
    result = CANNOT_TELL if accepted is None else HOLDS if accepted else FAILS
    return Verdict(result, found.path, found.value, remedy)


def is_true(value: Any) -> bool:
    """Whether CloudFormation takes a value for true."""
    return value is True or str(value).lower() == "true"


def as_number(value: Any) -> float | None:
    """A number, written as such or as text; None for anything else."""
    try:
        return None if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return None


def view_of(cfn: Template) -> View:
    """The view of a template, made once for all rules."""
    view = getattr(cfn, "_tap_templates_view", None)
    if view is None:
        view = View(cfn.template, satisfiable(cfn.conditions))
        cfn._tap_templates_view = view  # cfn-lint gives rules no other place to share what they learn.
    return view


def satisfiable(conditions: Conditions) -> Callable[[Scenario], bool]:
    """Whether conditions can have given values together, by cfn-lint's solver."""

    def possible(scenario: Scenario) -> bool:
        known = {name: {value} for name, value in scenario.items() if name in conditions._conditions}
        return not known or any(True for _ in conditions.build_scenarios(known))

    return possible


def _definition(row: Requirement) -> dict[str, Any]:
    """A requirement as cfn-lint describes what a rule can be configured with."""
    default = list(row.default) if isinstance(row.default, tuple) else row.default
    if isinstance(row.default, bool):
        kind = {"type": "boolean"}
    elif isinstance(row.default, int):
        kind = {"type": "integer"}
    elif isinstance(row.default, tuple):
        kind = {"type": "list", "itemtype": "integer" if row.items is int else "string"}
    elif isinstance(row.default, Mapping):
        kind = {"type": "mapping"}
    else:
        kind = {"type": "string"}
    return {"default": default, **kind}


def _is_side(path: Path, index: int) -> bool:
    return path[index] == "Fn::If" or (path[index - 1] == "Fn::If" and path[index] in (1, 2))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."
