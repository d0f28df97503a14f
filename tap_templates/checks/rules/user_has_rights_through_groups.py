"""E9412: a user has rights through groups alone, and no access key is made by a template."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.rule import FAILS, HOLDS, Example, Rule, Verdict, verdict
from tap_templates.checks.view import Found, View

USER = "AWS::IAM::User"
OF_POLICIES = ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy")
KEY_REMEDY = "leave the key out: use a role, or let the user make the key, behind MFA"
READ_ONLY = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/job-function/ViewOnlyAccess"}


def _user(group: dict[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    return {
        "Resources": {
            "Auditors": {"Type": "AWS::IAM::Group", "Properties": group},
            "Alice": {"Type": USER, "Properties": {"Groups": [{"Ref": "Auditors"}], **user}},
        }
    }


class UserHasRightsThroughGroups(Rule):
    """No policy of any kind is attached to a user, from either side; no AWS::IAM::AccessKey.

    A permissions boundary grants nothing and is no such policy.
    """

    id = "E9412"
    shortdesc = "A user has rights through groups"
    description = "No policy is attached to a user, and no template makes an access key."
    why = "Rights of single users go unreviewed and stay when duties change; a key of a template never expires."
    fix = "attach the policy to a group, and put the user into it"
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-2"
    example = Example(
        failing=_user({}, {"ManagedPolicyArns": [READ_ONLY]}),
        passing=_user({"ManagedPolicyArns": [READ_ONLY]}, {}),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each user without policies, and for each policy and key of a user."""
        for user in view.of(USER):
            attached = [
                found
                for place in ("ManagedPolicyArns.*", "Policies.*")
                for found in user.get(place)
                if not found.is_missing
            ]
            yield from (self._attached(found) for found in attached)
            if not attached:
                yield Verdict(HOLDS, user.path, "no policy of its own")
        for policy in view.of(*OF_POLICIES):
            for found in policy.get("Users.*"):
                if not found.is_missing:
                    yield self._attached(found)
        for policy in view.of("AWS::IAM::UserPolicy"):
            yield Verdict(FAILS, policy.at(), policy.type, self.fix)
        for key in view.of("AWS::IAM::AccessKey"):
            yield Verdict(FAILS, key.at(), key.type, KEY_REMEDY)

    def _attached(self, found: Found) -> Verdict:
        """Where only AWS knows whether a list is empty, it cannot be told; an item of a list is attached."""
        listed = bool(found.path) and isinstance(found.path[-1], int)
        return verdict(found, None if found.is_unknown and not listed else False, self.fix)
