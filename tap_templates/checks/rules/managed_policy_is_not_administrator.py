"""E9411: no identity holds a policy of AWS's own that administers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.holders import IDENTITIES
from tap_templates.checks.policies import known_text
from tap_templates.checks.policy_examples import role
from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.values import as_text, is_dynamic
from tap_templates.checks.view import View
from tap_templates.data.managed_policies import administers, aws_managed

PLACES = {**dict.fromkeys(IDENTITIES, "ManagedPolicyArns.*"), "AWS::SSO::PermissionSet": "ManagedPolicies.*"}
AWS_POLICY = "arn:${AWS::Partition}:iam::aws:policy/"


class ManagedPolicyIsNotAdministrator(Rule):
    """AdministratorAccess, PowerUserAccess, the administrators' job functions, and every policy named …FullAccess.

    Policies of the account's own are judged by what stands in them.
    """

    id = "E9411"
    shortdesc = "No AWS managed policy with administrator reach is attached"
    description = (
        "Roles, users, groups and permission sets hold no policy of AWS's own that administers a service or all."
    )
    why = "Such a policy includes deletion and changes of access, and AWS adds actions to it without asking."
    fix = "attach a policy of your own that names the actions and resources that are needed"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html"
    example = Example(
        failing=role(ManagedPolicyArns=[{"Fn::Sub": f"{AWS_POLICY}AmazonDynamoDBFullAccess"}]),
        passing=role(ManagedPolicyArns=[{"Fn::Sub": f"{AWS_POLICY}service-role/AWSLambdaBasicExecutionRole"}]),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each policy that is attached."""
        for type_name, place in PLACES.items():
            for identity in view.of(type_name):
                for found in identity.get(place):
                    if not found.is_missing:
                        yield verdict(found, _is_accepted(view, found.value), self.fix)


def _is_accepted(view: View, value: Any) -> bool | None:
    if view.referred(value) is not None:
        return True
    text = as_text(value)
    name = aws_managed(text)
    if name is not None and "${" not in name:
        return not administers(name)
    if name is None and text.startswith("arn:") and not is_dynamic(text):
        return True
    return None if known_text(value) is None else True
