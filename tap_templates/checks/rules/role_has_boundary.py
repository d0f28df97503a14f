"""E9407: every role carries a permissions boundary, and it bounds."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.policies import LIMIT, WILD, Statement, is_everything, statements_of
from tap_templates.checks.policy_examples import role
from tap_templates.checks.rule import Example, PropertyRule, Verdict
from tap_templates.checks.values import as_text, is_given
from tap_templates.checks.view import Resource, View
from tap_templates.data.managed_policies import allows_everything, aws_managed


class RoleHasBoundary(PropertyRule):
    """A boundary that allows every action on everything, and denies nothing, bounds nothing: it is a violation, too."""

    id = "E9407"
    shortdesc = "A role has a permissions boundary"
    description = "Every role carries a PermissionsBoundary, where requirements.permissions_boundary demands it."
    why = "Without one, whoever can attach a policy to the role decides what it can do."
    fix = "set PermissionsBoundary to a managed policy that allows no more than the role is for"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
    demands = ("permissions_boundary",)
    types = ("AWS::IAM::Role",)
    property = "PermissionsBoundary"
    example = Example(
        failing=role(),
        passing=role(PermissionsBoundary={"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/boundary"}),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each boundary that a role can have, where it is demanded."""
        if self.demand("permissions_boundary"):
            yield from super().judge(view)

    def accepts(self, value: object) -> bool:
        """Any policy but AWS's own that allows everything."""
        return isinstance(value, str) and value != "" and not _is_unbounded(value)

    def accepts_intrinsic(self, resource: Resource, value: object) -> bool | None:
        """A policy of the template has to bound; of any other, its ARN is known."""
        policy = resource.view.referred(value)
        if policy is not None:
            return _bounds(policy)
        return not _is_unbounded(as_text(value)) and is_given(resource.view, value)

    def remedy(self) -> str:
        """What to write instead."""
        return f"{self.fix} (requirement permissions_boundary: true)"


def _is_unbounded(arn: str) -> bool:
    name = aws_managed(arn)
    return name is not None and allows_everything(name)


def _bounds(policy: Resource) -> bool:
    found = list(statements_of(policy, "PolicyDocument", LIMIT))
    denies = any(statement.allows is False for statement in found)
    return denies or not any(_allows_everything(statement) for statement in found)


def _allows_everything(statement: Statement) -> bool:
    def has(name: str) -> bool:
        return any(not str(each.value).strip(WILD + ":") for each in statement.values(name))

    everywhere = any(is_everything(as_text(each.value)) for each in statement.values("Resource"))
    return bool(statement.allows) and has("Action") and everywhere
