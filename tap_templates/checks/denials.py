"""Whether what guards a resource denies something to everyone, in every form that conditions give the template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from tap_templates.checks.conditions import uncovered
from tap_templates.checks.resource_policies import (
    Comparison,
    Guarded,
    as_list,
    both,
    comparisons,
    covers,
    does,
    guards,
    has_effect,
    is_everyone,
    statements,
)
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Rule, Verdict
from tap_templates.checks.view import MISSING, Found, Path, Resource, Scenario, View, is_intrinsic


class Denial(NamedTuple):
    """A statement that denies, or may deny, what has to be denied; ``answers`` for each place of its kind."""

    path: Path
    found: Any
    when: Scenario
    answers: tuple[bool | None, ...]


class DenialRule(Rule):
    """Each resource of a kind is guarded by a policy that denies some actions to everyone under one comparison."""

    kind: ClassVar[Guarded]
    actions: ClassVar[tuple[str, ...]]  # Any of them, in lower case.

    def meets(self, test: Comparison) -> bool | None:
        """Whether a comparison is true of all that has to be denied."""
        raise NotImplementedError

    def remedy(self) -> str:
        """What to write instead."""
        return self.fix

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each resource of the kind."""
        found = guards(view, self.kind)
        for target in view.of(self.kind.type):
            yield self._judge(view, target, found.get(target.logical_id, []))

    def _judge(self, view: View, target: Resource, policies: list[tuple[Resource, Scenario]]) -> Verdict:
        denials = [
            denial
            for policy, when in policies
            for statement in statements(policy)
            for denial in self._denials(view, target, statement, when)
        ]
        left = self._uncovered(view, target, denials, (True,))
        if left is None:
            first = next((denial.path for denial in denials if True in denial.answers), target.at())
            return Verdict(HOLDS, first, "denied")
        if self._uncovered(view, target, denials, (True, None)) is None:
            maybe = next(denial for denial in denials if None in denial.answers)
            return Verdict(CANNOT_TELL, maybe.path, maybe.found, self.remedy())
        sides = [f"{name} is {str(side).lower()}" for name, side in left.items() if name not in target.scenario]
        where = f" (nothing does where {' and '.join(sides)})" if sides else ""
        return Verdict(FAILS, _place(target, policies), MISSING, f"{self.remedy()}{where}")

    def _denials(self, view: View, target: Resource, statement: Found, when: Scenario) -> Iterator[Denial]:
        together = {**target.scenario, **when, **statement.when}
        agree = all(together[name] == side for part in (target.scenario, when) for name, side in part.items())
        if agree and view.is_possible(together):
            answers = tuple(self._answer(view, target, statement, place) for place in self.kind.places)
            yield Denial(statement.path, statement.value, together, answers)

    def _answer(self, view: View, target: Resource, statement: Found, place: str) -> bool | None:
        if statement.is_unknown:
            return None
        body: Any = statement.value
        return both(
            (
                has_effect(body, "Deny"),
                is_everyone(view, body.get("Principal", [])),
                does(body, self.actions),
                covers(view, body, self.kind, target, place),
                self._is_met(body),
            )
        )

    def _is_met(self, statement: Any) -> bool | None:
        """A second comparison would narrow what is denied; none at all locks everyone out."""
        found = comparisons(statement)
        if found is None:
            return None
        return len(found) == 1 and both(self._meets(test) for test in found)

    def _meets(self, test: Comparison) -> bool | None:
        return None if any(is_intrinsic(value) for value in as_list(test.value)) else self.meets(test)

    def _uncovered(
        self, view: View, target: Resource, denials: list[Denial], answers: tuple[bool | None, ...]
    ) -> Scenario | None:
        for place in range(len(self.kind.places)):
            sides = [denial.when for denial in denials if denial.answers[place] in answers]
            left = uncovered(view, target.scenario, sides)
            if left is not None:
                return left
        return None


def is_plain_http(test: Comparison) -> bool:
    """Whether a comparison is true of every request that comes without TLS."""
    words = {str(value).lower() for value in as_list(test.value)}
    return test.operator in ("bool", "boolifexists") and test.key == "aws:securetransport" and "false" in words


def _place(target: Resource, policies: list[tuple[Resource, Scenario]]) -> Path:
    """Where the statement is missing: in the resource's policy, or, where it has none, the resource."""
    if not policies:
        return target.path
    policy = policies[0][0]
    inside = policy.properties.get("PolicyDocument")
    deep = isinstance(inside, dict) and "Statement" in inside
    return (*policy.path, "Properties", *(("PolicyDocument", "Statement") if deep else ()))
