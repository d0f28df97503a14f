"""E9406: policies are managed policies, which can be seen, reviewed and attached by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.holders import IDENTITIES
from tap_templates.checks.policy_examples import TABLE, granting, role
from tap_templates.checks.rule import FAILS, HOLDS, Example, Rule, Verdict, verdict
from tap_templates.checks.view import View

# Each of these embeds a policy in roles, users or groups; AWS::IAM::Policy does, too, whatever its name says.
INLINE = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy", "AWS::IAM::UserPolicy", "AWS::IAM::GroupPolicy")
READING = {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}


class PolicyIsNotInline(Rule):
    """Neither ``Policies`` of a role, user or group, nor a resource that embeds a policy in one."""

    id = "E9406"
    shortdesc = "A policy is not inline"
    description = "Roles, users and groups have managed policies alone."
    why = "An inline policy goes with its identity, has no versions to go back to, and shows in no list of policies."
    fix = "use AWS::IAM::ManagedPolicy"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html"
    example = Example(
        failing=role(
            Policies=[{"PolicyName": "orders", "PolicyDocument": {"Version": "2012-10-17", "Statement": [READING]}}]
        ),
        passing=granting(READING),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each policy that an identity embeds, or for the identity without one; one for each policy."""
        for identity in view.of(*IDENTITIES):
            for found in identity.get("Policies.*"):
                if found.is_missing:
                    yield Verdict(HOLDS, identity.at(), "no inline policy")
                else:
                    yield verdict(found, None if found.is_unknown else False, self.fix)
        for policy in view.of(*INLINE):
            yield Verdict(FAILS, policy.at(), policy.type, self.fix)
        for policy in view.of("AWS::IAM::ManagedPolicy"):
            yield Verdict(HOLDS, policy.path, policy.type)
