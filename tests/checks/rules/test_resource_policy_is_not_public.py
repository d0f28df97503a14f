"""Policies of resources that allow something to everyone."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.resource_policies import DOCUMENTS
from tap_templates.checks.rules.resource_policy_is_not_public import ResourcePolicyIsNotPublic

ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
FIX = "name the principals, or close it with a condition such as aws:SourceAccount or aws:PrincipalOrgID"
ROOT = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}


def queue_policy(*statements: Any) -> dict[str, Any]:
    """Statements in the policy of some queue."""
    return one("AWS::SQS::QueuePolicy", Queues=["q"], PolicyDocument={"Statement": list(statements)})


def permission(**properties: Any) -> dict[str, Any]:
    """A permission of a function, for everyone."""
    return one("AWS::Lambda::Permission", **{"FunctionName": "f", "Principal": "*", **properties})


@pytest.mark.parametrize(("resource_type", "document"), DOCUMENTS.items())
def test_every_kind_of_policy_is_read(resource_type: str, document: str) -> None:
    """A public statement is found wherever the type keeps its policy."""
    properties: Any = {"Statement": ALLOW}
    for name in reversed(document.split(".")):
        properties = {name: properties}

    assert results(ResourcePolicyIsNotPublic, one(resource_type, **properties)) == ["fails"]


@pytest.mark.parametrize(
    ("principal", "result"),
    [
        ("*", "fails"),
        ({"AWS": "*"}, "fails"),
        ({"AWS": [ROOT, "*"]}, "fails"),
        ({"AWS": either("IsWide", "*", ["*"])}, "fails"),
        ({"AWS": ROOT}, "holds"),
        ({"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}, "holds"),
        ({"AWS": {"Ref": "AWS::AccountId"}}, "holds"),
        ({"Service": "events.amazonaws.com"}, "holds"),
        ({"AWS": {"Ref": "Someone"}}, "cannot tell"),
        ({"AWS": {"Fn::ImportValue": "someone"}}, "cannot tell"),
        ({"Ref": "Someone"}, "cannot tell"),
    ],
)
def test_principal_decides(principal: Any, result: str) -> None:
    """Everyone, somebody, or somebody that only AWS knows."""
    resources = {**queue_policy({**ALLOW, "Principal": principal}), "Role": {"Type": "AWS::IAM::Role"}}

    assert set(results(ResourcePolicyIsNotPublic, resources)) == {result}


def test_finding_stands_at_the_principal() -> None:
    """The path leads to the word that opens the resource."""
    found = said(ResourcePolicyIsNotPublic, queue_policy({**ALLOW, "Principal": {"AWS": ROOT}}, ALLOW))

    path = "Resources/It/Properties/PolicyDocument/Statement/1/Principal"
    assert found == [("fails", path, f"It.PolicyDocument.Statement.1.Principal: found '*'; {FIX}")]


def test_everyone_but_some_is_everyone() -> None:
    """NotPrincipal in an Allow lets in all the rest."""
    statement = {"Effect": "Allow", "NotPrincipal": {"AWS": ROOT}, "Action": "sqs:*", "Resource": "*"}
    found = said(ResourcePolicyIsNotPublic, queue_policy(statement))

    assert [(each[0], each[1].rsplit("/", 1)[-1]) for each in found] == [("fails", "NotPrincipal")]


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ({"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}, "holds"),
        ({"StringEquals": {"AWS:PrincipalOrgID": "o-example"}}, "holds"),
        ({"StringEquals": {"aws:PrincipalOrgID": {"Ref": "Organization"}}}, "holds"),
        ({"ArnLike": {"aws:SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]}}}, "holds"),
        ({"ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:sns:*:${AWS::AccountId}:*"}}}, "holds"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::example-*"}}, "holds"),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}}, "holds"),
        ({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-example/*"}}, "holds"),
        ({"Bool": {"aws:SecureTransport": "true"}}, "fails"),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, "fails"),
        ({"StringEquals": {"aws:SourceAccount": []}}, "fails"),
        ({"StringNotEquals": {"aws:SourceAccount": "111122223333"}}, "fails"),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}, "fails"),
        ({"ForAllValues:StringEquals": {"aws:SourceAccount": "111122223333"}}, "fails"),
        ({"StringLike": {"aws:PrincipalOrgID": "*"}}, "fails"),
        ({"StringLike": {"aws:PrincipalOrgID": ["o-example", "*"]}}, "fails"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}, "fails"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, "fails"),
        ({"ArnLike": {"aws:SourceArn": "arn:aws"}}, "fails"),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, "fails"),
        ({"IpAddress": {"aws:SourceIp": "::/0"}}, "fails"),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}, "fails"),
        ({"IpAddress": {"aws:SourceIp": "home"}}, "fails"),
        ({}, "fails"),
        ({"ArnLike": {"aws:SourceArn": {"Ref": "Source"}}}, "cannot tell"),
        ({"IpAddress": {"aws:SourceIp": {"Ref": "Range"}}}, "cannot tell"),
        ({"Ref": "Condition"}, "cannot tell"),
    ],
)
def test_condition_closes_a_statement_or_not(condition: Any, result: str) -> None:
    """A fixed value of who calls closes; what is true without the key, or of everyone, does not."""
    resources = {**queue_policy({**ALLOW, "Condition": condition}), "Rule": {"Type": "AWS::Events::Rule"}}

    assert results(ResourcePolicyIsNotPublic, resources) == [result]


def test_statement_that_is_public_on_one_side_fails_there() -> None:
    """Inside a statement, every side is judged."""
    closed = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}

    assert results(
        ResourcePolicyIsNotPublic, queue_policy({**ALLOW, "Condition": either("IsOpen", NO_VALUE, closed)})
    ) == ["fails", "holds"]


def test_denials_are_not_judged_and_unknown_effects_are_undecided() -> None:
    """Denying everyone is no harm."""
    assert results(ResourcePolicyIsNotPublic, queue_policy({**ALLOW, "Effect": "Deny"})) == []
    assert results(ResourcePolicyIsNotPublic, queue_policy({**ALLOW, "Effect": {"Ref": "Effect"}})) == ["cannot tell"]
    assert results(ResourcePolicyIsNotPublic, queue_policy({"Fn::Transform": {"Name": "S"}})) == ["cannot tell"]


@pytest.mark.parametrize(
    ("properties", "result"),
    [
        ({}, "fails"),
        ({"FunctionUrlAuthType": "NONE"}, "fails"),
        ({"SourceArn": "arn:aws:sns:*:*:*"}, "fails"),
        ({"SourceAccount": {"Ref": "AWS::AccountId"}}, "holds"),
        ({"PrincipalOrgID": "o-example"}, "holds"),
        ({"SourceArn": "arn:aws:s3:::example"}, "holds"),
        ({"Principal": "events.amazonaws.com"}, "holds"),
        ({"Principal": {"Ref": "Someone"}}, "cannot tell"),
    ],
)
def test_permission_of_a_function_is_a_statement_too(properties: dict[str, Any], result: str) -> None:
    """Its parameters become the conditions of the function's policy."""
    assert results(ResourcePolicyIsNotPublic, permission(**properties)) == [result]


def test_permission_without_properties_allows_nobody() -> None:
    """There is nothing to judge, and nothing breaks."""
    assert results(ResourcePolicyIsNotPublic, {"It": {"Type": "AWS::Lambda::Permission", "Properties": NO_VALUE}}) == []


def test_public_access_that_is_allowed_is_not_judged() -> None:
    """With public_access: allowed there is no demand."""
    assert results(ResourcePolicyIsNotPublic, queue_policy(ALLOW), demands={"public_access": "allowed"}) == []
