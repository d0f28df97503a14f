"""E9402: a policy of an identity grants on every resource only what AWS can grant on nothing less."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.policies import Statement, StatementRule, is_wildcard, known_text
from tap_templates.checks.policy_examples import TABLE, granting
from tap_templates.checks.rule import Example, Verdict, verdict
from tap_templates.data.actions import expand, resource_types


class PolicyNamesItsResources(StatementRule):
    """A Resource is a wildcard when it is ``*``, or an ARN that leaves open both the account and the name.

    It is accepted where no action of its statement has a resource type in AWS's data, whatever the conditions. An ARN
    with this account in it is no wildcard. Actions that AWS does not have are E9410's. Exempt is what grants nothing:
    statements that deny, permissions boundaries that no identity holds as a policy, policies of VPC endpoints and of
    organizations.
    """

    id = "E9402"
    shortdesc = "A policy names its resources"
    description = "No Allow in a policy of an identity is about * when one of its actions can be given for single ones."
    why = "A grant on every resource includes those of other teams and those that do not exist yet."
    fix = "name the ARNs that are needed"
    source_url = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    example = Example(
        failing=granting({"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "*"}),
        passing=granting({"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}),
    )

    def judge_allow(self, statement: Statement) -> Iterator[Verdict]:
        """One verdict for each resource; where no action could be given for less, each holds."""
        narrow = _narrow_action(statement)
        unknown = any(known_text(found.value) is None for found in statement.values("Action"))
        for found in statement.values("Resource"):
            wild = is_wildcard(statement.policy.view, found.value)
            if narrow is not None:
                yield verdict(found, None if wild is None else not wild, f"{self.fix}: {narrow}")
            else:
                yield verdict(found, None if unknown and wild is not False else True, self.fix)


def _narrow_action(statement: Statement) -> str | None:
    """Says which action of a statement can be given for single resources; None when none can."""
    for found in statement.values("Action"):
        text = known_text(found.value)
        known = expand(text) if text else ()
        for action in known:
            types = resource_types(action)
            if types:
                return f"{action} can be given for {_listing(types)}"
    return None


def _listing(types: tuple[str, ...]) -> str:
    shown = ", ".join(types[:3])
    return f"each {shown}" + (" and more" if len(types) > 3 else "")
