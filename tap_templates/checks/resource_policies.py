"""Policies of resources as rules see them: their statements, to whom, for what, and whose resource they guard.

Answers are three-valued: True, False, and None where only AWS knows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tap_templates.checks.conditions import settled
from tap_templates.checks.values import arn_parts, as_text, is_dynamic
from tap_templates.checks.view import PLACEHOLDER, Found, Resource, Scenario, View, is_intrinsic

EVERYONE = "*"
PSEUDO = "AWS::"
# CloudFormation template reference: where a resource's own policy stands.
DOCUMENTS = {
    "AWS::Backup::BackupVault": "AccessPolicy",
    "AWS::DynamoDB::Table": "ResourcePolicy.PolicyDocument",
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::KMS::ReplicaKey": "KeyPolicy",
    "AWS::OpenSearchService::Domain": "AccessPolicies",
    "AWS::S3::AccessPoint": "Policy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicInlinePolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueueInlinePolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}


class Comparison(NamedTuple):
    """One comparison of a statement's Condition; operator and key in lower case, as AWS compares them."""

    operator: str
    key: str
    value: Any


class Guarded(NamedTuple):
    """A kind of resource whose policy is a resource of its own."""

    type: str
    name: str  # Property that names it.
    own: tuple[str, ...]  # What gives its ARN: attributes, and "" for Ref.
    policies: tuple[tuple[str, str], ...]  # Type of the policy, and its property that says whose it is.
    places: tuple[str, ...]  # What a policy has to cover, as it follows the ARN.


BUCKET = Guarded("AWS::S3::Bucket", "BucketName", ("Arn",), (("AWS::S3::BucketPolicy", "Bucket"),), ("", "/*"))
TOPIC = Guarded(
    "AWS::SNS::Topic",
    "TopicName",
    ("", "TopicArn"),
    (("AWS::SNS::TopicPolicy", "Topics.*"), ("AWS::SNS::TopicInlinePolicy", "TopicArn")),
    ("",),
)
QUEUE = Guarded(
    "AWS::SQS::Queue",
    "QueueName",
    ("Arn",),
    (("AWS::SQS::QueuePolicy", "Queues.*"), ("AWS::SQS::QueueInlinePolicy", "Queue")),
    ("",),
)


def statements(policy: Resource, document: str = "PolicyDocument") -> Iterator[Found]:
    """Each statement of a policy in each form that conditions give it: a mapping, or what only AWS knows."""
    for found in policy.get(document):
        for written in written_statements(policy.view, found):
            yield from forms(policy.view, written)


def written_statements(view: View, document: Found) -> Iterator[Found]:
    """Each statement of a document as it is written; of a text of JSON all at the place of the text."""
    if isinstance(document.value, str):
        yield from _parsed(view, document)
    elif not document.is_missing:
        yield from view.walk(document.value, ("Statement", "*"), document.path, document.when)


def forms(view: View, written: Found) -> Iterator[Found]:
    """A statement in each form that conditions give it; what is no mapping is no statement."""
    yield from (form for form in settled(view, written) if isinstance(form.value, Mapping))


def guards(view: View, kind: Guarded) -> dict[str, list[tuple[Resource, Scenario]]]:
    """The policies of each resource of a kind, by its logical id, with the conditions under which they are its own."""
    named = {
        as_text(name.value): resource.logical_id
        for resource in view.of(kind.type)
        for name in resource.get(kind.name)
        if not name.is_missing
    }
    found: dict[str, list[tuple[Resource, Scenario]]] = {}
    for type_name, whose in kind.policies:
        for policy in view.of(type_name):
            for target in policy.get(whose):
                if target.is_missing:
                    continue
                referred = view.referred(target.value)
                logical_id = referred.logical_id if referred else named.get(as_text(target.value))
                if logical_id is not None:
                    found.setdefault(logical_id, []).append((policy, target.when))
    return found


def has_effect(statement: Mapping[str, Any], effect: str) -> bool | None:
    """Whether a statement allows, or denies."""
    found = statement.get("Effect")
    return None if is_intrinsic(found) else found == effect


def is_everyone(view: View, principal: Any) -> bool | None:
    """Whether a Principal is everyone, AWS account or not."""
    if isinstance(principal, Mapping) and not is_intrinsic(principal):
        principal = principal.get("AWS", [])
    return either(_is_anyone(view, each) for each in as_list(principal))


def does(statement: Mapping[str, Any], actions: Iterable[str]) -> bool | None:
    """Whether one of the actions, given in lower case, stands in a statement."""
    found = as_list(statement.get("Action", []))
    return either(None if is_intrinsic(action) else as_text(action).lower() in actions for action in found)


def covers(view: View, statement: Mapping[str, Any], kind: Guarded, target: Resource, place: str) -> bool | None:
    """Whether a statement is about a resource, at one of the places of its kind."""
    return either(_covers(view, as_text(on), kind, target, place) for on in as_list(statement.get("Resource", [])))


def comparisons(statement: Mapping[str, Any]) -> list[Comparison] | None:
    """The comparisons of a statement's Condition; None where only AWS knows them."""
    condition = statement.get("Condition", {})
    if not isinstance(condition, Mapping) or is_intrinsic(condition):
        return None
    found = []
    for operator, compared in condition.items():
        if not isinstance(compared, Mapping) or is_intrinsic(compared):
            return None
        found += [Comparison(str(operator).lower(), str(key).lower(), value) for key, value in compared.items()]
    return found


def as_list(value: Any) -> list[Any]:
    """A value of a policy as a list: policies write one item without it."""
    return value if isinstance(value, list) else [value]


def either(answers: Iterable[bool | None]) -> bool | None:
    """True when one is, else None when one cannot be told, else False."""
    found = set(answers)
    return True if True in found else None if None in found else False


def both(answers: Iterable[bool | None]) -> bool | None:
    """False when one is, else None when one cannot be told, else True."""
    found = set(answers)
    return False if False in found else None if None in found else True


def is_undecided(view: View, text: str) -> bool:
    """Whether a text of ``as_text`` depends on something other than resources of the template and pseudo parameters."""
    names = (name.split(".")[0] for name in PLACEHOLDER.findall(text))
    return any(not name.startswith(PSEUDO) and view.resource(name) is None for name in names)


def _parsed(view: View, found: Found) -> Iterator[Found]:
    """A document that is written as a text of JSON; AWS refuses any other text, so that nothing stands in it."""
    if is_dynamic(found.value):
        yield found._replace(value={"Fn::Sub": found.value})
        return
    try:
        document = json.loads(found.value)
    except ValueError:
        return
    for each in view.walk(document, ("Statement", "*"), found.path, found.when):
        yield each._replace(path=found.path)


def _is_anyone(view: View, principal: Any) -> bool | None:
    text = as_text(principal)
    if not is_intrinsic(principal) or not PLACEHOLDER.fullmatch(text):
        return text == EVERYONE
    return None if is_undecided(view, text) else False


def _covers(view: View, text: str, kind: Guarded, target: Resource, place: str) -> bool | None:
    if text == "*":
        return True
    rests = [text[len(own) :] for own in _own_arns(kind, target) if text.startswith(own)]
    if text.startswith("arn:"):
        name = arn_parts(text)[-1]
        rests += [name[len(own) :] for own in _names(kind, target) if name.startswith(own)] + ["*"] * (name == "*")
    if any(rest in (place, "*") for rest in rests):
        return True
    return None if not rests and is_undecided(view, text) else False


def _own_arns(kind: Guarded, target: Resource) -> list[str]:
    return [f"${{{target.logical_id}{'.' if name else ''}{name}}}" for name in kind.own]


def _names(kind: Guarded, target: Resource) -> list[str]:
    given = [as_text(found.value) for found in target.get(kind.name) if not found.is_missing]
    attribute = f"${{{target.logical_id}.{kind.name}}}"
    return [*given, attribute, *([f"${{{target.logical_id}}}"] if kind is BUCKET else [])]
