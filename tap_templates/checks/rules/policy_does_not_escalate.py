"""E9408: nobody can give themselves more than they were given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tap_templates.checks.holders import holders
from tap_templates.checks.policies import IDENTITY, Statement, distinct, every_statement, is_like, known_text
from tap_templates.checks.policy_examples import granting
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.values import arn_parts, as_text
from tap_templates.checks.view import Found, View
from tap_templates.data.escalations import OWN, Escalation, escalations

OWN_USER = "${aws:username}"
WILD = "*?"


class Grant(NamedTuple):
    """An action that a statement allows, and the resources of that statement."""

    statement: Statement
    action: Found


class PolicyDoesNotEscalate(Rule):
    """Judged is each statement that allows the deciding action of a known way to more rights.

    The other actions of that way may stand in any policy of the same holder. A statement is sound where its resources
    are the caller's own user, or users, groups, roles and policies that it names or that lie below a path of their own.
    """

    id = "E9408"
    shortdesc = "A policy does not escalate"
    description = "No holder can change policies, keys, passwords, trust or passed roles beyond what it names."
    why = "Whoever can give themselves rights has all of them, whatever the policy says."
    fix = "name the resources"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html"
    example = Example(
        failing=granting({"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource": "*"}),
        passing=granting(
            {
                "Effect": "Allow",
                "Action": "iam:CreateAccessKey",
                "Resource": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:user/${!aws:username}"},
            }
        ),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each resource of each statement that allows a deciding action."""
        yield from distinct(self._verdicts(view))

    def _verdicts(self, view: View) -> Iterator[Verdict]:
        allowed = [each for each in every_statement(view, IDENTITY) if each.allows is not False]
        held = _rights_of_holders(view, allowed)
        for statement in allowed:
            if statement.found.is_unknown:
                yield Verdict(CANNOT_TELL, statement.path, statement.found.value, self.fix)
                continue
            rights = held[statement.policy.logical_id]
            ways = [
                way
                for way in escalations()
                if _allows(statement, way.actions[0]) and all(_has(rights, action) for action in way.actions[1:])
            ]
            if ways:
                yield from (self._of_resource(statement, found, ways) for found in statement.values("Resource"))

    def _of_resource(self, statement: Statement, found: Found, ways: list[Escalation]) -> Verdict:
        """One verdict, whatever the number of ways that a resource opens."""
        answers = [(way, _is_sound(statement.policy.view, found.value, way.kind)) for way in ways]
        opened = [way for way, sound in answers if not sound]
        if not opened:
            return Verdict(HOLDS, found.path, found.value)
        result = FAILS if any(sound is False for _, sound in answers) else CANNOT_TELL
        more = f", and {len(opened) - 1} ways more" if len(opened) > 1 else ""
        said = f"{' with '.join(opened[0].actions)} gives {opened[0].name}{more}"
        return Verdict(result, found.path, found.value, f"{said}: {self.fix}")


def _rights_of_holders(view: View, allowed: list[Statement]) -> dict[str, list[str]]:
    """Patterns of all actions that the holders of each policy are allowed, by the policy's logical id."""
    of_policy: dict[str, list[str]] = {}
    for statement in allowed:
        patterns = [text for found in statement.values("Action") if (text := known_text(found.value))]
        of_policy.setdefault(statement.policy.logical_id, []).extend(patterns)
    held_by = holders(view)
    of_holder: dict[str, list[str]] = {}
    for policy, patterns in of_policy.items():
        for holder in held_by.get(policy, {policy}):
            of_holder.setdefault(holder, []).extend(patterns)
    return {
        policy: [pattern for holder in held_by.get(policy, {policy}) for pattern in of_holder[holder]]
        for policy in of_policy
    }


def _allows(statement: Statement, action: str) -> bool:
    patterns = (known_text(found.value) for found in statement.values("Action"))
    return any(pattern is not None and is_like(action, pattern) for pattern in patterns)


def _has(patterns: list[str], action: str) -> bool:
    return any(is_like(action, pattern) for pattern in patterns)


def _is_sound(view: View, resource: object, kind: str) -> bool | None:
    """Whether a grant on a resource leaves no way to more; None where only AWS knows."""
    text = as_text(resource)
    if OWN_USER in text or view.referred(resource) is not None:
        return True
    if not text.startswith("arn:"):
        return None if known_text(resource) is None else bool(text.strip(WILD))
    kind_of, _, name = arn_parts(text)[-1].partition("/")
    if not kind_of.strip(WILD) or not name:
        return False
    first = name.split("/")[0]
    return bool(first.strip(WILD)) and (kind != OWN or "/" in name or not set(name) & set(WILD))
