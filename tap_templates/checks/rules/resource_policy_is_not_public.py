"""E9208: no policy of a resource allows something to everyone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tap_templates.checks.closing import is_closed
from tap_templates.checks.conditions import settled
from tap_templates.checks.resource_policies import DOCUMENTS, both, has_effect, is_everyone, statements
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.view import Found, Path, View
from tap_templates.requirements import ALLOWED

PERMISSION = "AWS::Lambda::Permission"
# Lambda API reference, AddPermission: the conditions that its parameters become.
BECOMES = {
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "SourceAccount": ("StringEquals", "aws:SourceAccount"),
    "SourceArn": ("ArnLike", "aws:SourceArn"),
}


def _queue(principal: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sqs:SendMessage",
        "Resource": {"Fn::GetAtt": ["Work", "Arn"]},
    }
    policy = {"Queues": [{"Ref": "Work"}], "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    return {
        "Resources": {
            "Work": {"Type": "AWS::SQS::Queue"},
            "WorkPolicy": {"Type": "AWS::SQS::QueuePolicy", "Properties": policy},
        }
    }


class ResourcePolicyIsNotPublic(Rule):
    """An Allow names who may, or a condition does. Not judged where public access is allowed."""

    id = "E9208"
    shortdesc = "A resource's policy is not public"
    description = "No Allow of a resource's policy names everyone without a condition that says who may call."
    why = "Principal * is every AWS account and, for many services, everyone on the internet without any account."
    fix = "name the principals, or close it with a condition such as aws:SourceAccount or aws:PrincipalOrgID"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
    demands = ("public_access",)
    example = Example(
        failing=_queue("*"),
        passing=_queue({"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each statement that allows something."""
        if self.demand("public_access") == ALLOWED:
            return
        for type_name, document in DOCUMENTS.items():
            for policy in view.of(type_name):
                for found in statements(policy, document):
                    yield from self._statement(view, found)
        for permission in view.of(PERMISSION):
            for found in settled(view, Found(permission.at("Properties"), permission.properties, permission.scenario)):
                if isinstance(found.value, Mapping):
                    yield from self._statement(view, found._replace(value=_as_statement(found.value)))

    def _statement(self, view: View, found: Found) -> Iterator[Verdict]:
        if found.is_unknown:
            yield Verdict(CANNOT_TELL, found.path, found.value, self.fix)
            return
        allows = has_effect(found.value, "Allow")
        if allows is False:
            return
        name = "NotPrincipal" if "NotPrincipal" in found.value else "Principal"
        named = found.value.get(name)
        everyone = True if name == "NotPrincipal" else is_everyone(view, named)
        closed = is_closed(view, found.value)
        public = both((allows, everyone, None if closed is None else not closed))
        result = CANNOT_TELL if public is None else FAILS if public else HOLDS
        yield Verdict(result, _deeper(found.path, found.value, name), named, self.fix)


def _as_statement(properties: Mapping[str, Any]) -> dict[str, Any]:
    """A Lambda permission as the statement that it becomes."""
    condition: dict[str, dict[str, Any]] = {}
    for name, (operator, key) in BECOMES.items():
        if name in properties:
            condition.setdefault(operator, {})[key] = properties[name]
    return {"Effect": "Allow", "Principal": properties.get("Principal"), "Condition": condition}


def _deeper(path: Path, statement: Mapping[str, Any], name: str) -> Path:
    return (*path, name) if statement.get(name) is not None else path
