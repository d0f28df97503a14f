"""Who may assume a role, and who may use a key."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import results, said

from tap_templates.checks.rules.key_policy_is_narrow import KeyPolicyIsNarrow
from tap_templates.checks.rules.trust_is_closed import TrustIsClosed

ROOT = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
STRANGER = "arn:aws:iam::444455556666:root"
BY_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
GITHUB = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}"


def trusting(principal: Any, condition: Any = None, **more: Any) -> dict[str, Any]:
    """A role that someone may assume."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more}
    if condition:
        statement["Condition"] = condition
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"It": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}}


@pytest.mark.parametrize(
    ("principal", "condition", "expected"),
    [
        ({"Service": "lambda.amazonaws.com"}, None, ["fails"]),
        ({"Service": "lambda.amazonaws.com"}, BY_ACCOUNT, ["holds"]),
        ({"Service": "cloudtrail.amazonaws.com"}, None, ["holds"]),
        ({"Service": "unheard-of.amazonaws.com"}, None, ["cannot tell"]),
        ({"Service": "unheard-of.amazonaws.com"}, BY_ACCOUNT, ["holds"]),
        ({"AWS": ROOT}, None, ["holds"]),
        ({"AWS": {"Ref": "AWS::AccountId"}}, None, ["holds"]),
        ({"AWS": STRANGER}, None, ["fails"]),
        ({"AWS": "444455556666"}, None, ["fails"]),
        ({"AWS": STRANGER}, {"StringEquals": {"sts:ExternalId": "q7"}}, ["holds"]),
        ({"AWS": {"Ref": "Who"}}, None, ["cannot tell"]),
        ({"AWS": {"Ref": "Who"}}, {"StringEquals": {"sts:ExternalId": "q7"}}, ["holds"]),
        ("*", None, ["fails"]),
        ("*", {"StringEquals": {"sts:ExternalId": "q7"}}, ["fails"]),
        ({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}, ["holds"]),
        ({"Federated": PROVIDER}, None, ["fails"]),
        ({"Federated": PROVIDER}, {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}, ["fails"]),
        ({"Federated": PROVIDER}, {"StringLike": {f"{GITHUB}:sub": "repo:shop/*"}}, ["holds"]),
        (
            {"Federated": "cognito-identity.amazonaws.com"},
            {"StringEquals": {"cognito-identity.amazonaws.com:aud": "pool"}},
            ["holds"],
        ),
        ({"CanonicalUser": "79a5"}, None, ["holds"]),
        ({"Fn::ImportValue": "principal"}, None, ["cannot tell"]),
    ],
)
def test_trust_of_a_role(principal: Any, condition: Any, expected: list[str]) -> None:
    """Each kind of principal has its own way of being closed."""
    found = results(TrustIsClosed, trusting(principal, condition), Parameters={"Who": {"Type": "String"}})

    assert found == expected


def test_place_and_remedy() -> None:
    """The principal is named, and the keys that would close the statement."""
    [(_, path, message)] = said(TrustIsClosed, trusting({"Service": ["lambda.amazonaws.com"]}))

    assert path == "Resources/It/Properties/AssumeRolePolicyDocument/Statement/0/Principal/Service/0"
    assert message.endswith("close the statement with aws:SourceAccount or aws:SourceArn")


def test_denied_trust_is_not_judged() -> None:
    """Whoever is denied needs no condition."""
    assert results(TrustIsClosed, trusting("*", Effect="Deny")) == []


def key(principal: Any, action: Any, condition: Any = None) -> dict[str, Any]:
    """A key that someone may use."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*"}
    if condition:
        statement["Condition"] = condition
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"It": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": document}}}


@pytest.mark.parametrize(
    ("principal", "action", "condition", "expected"),
    [
        ({"AWS": ROOT}, "kms:*", None, ["holds", "holds"]),
        ({"AWS": STRANGER}, "kms:*", None, ["fails", "holds"]),
        ({"AWS": {"Fn::GetAtt": ["Worker", "Arn"]}}, "kms:*", None, ["fails", "holds"]),
        ({"AWS": "arn:aws:iam::111122223333:role/worker"}, "kms:Decrypt", None, ["holds", "holds"]),
        ("*", "kms:Decrypt", None, ["holds", "fails"]),
        ("*", "kms:Decrypt", {"StringEquals": {"kms:CallerAccount": "111122223333"}}, ["holds", "fails"]),
        ("*", "kms:Decrypt", {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}, ["holds", "holds"]),
        ({"Service": "*"}, "kms:Decrypt", BY_ACCOUNT, ["holds", "fails"]),
        ({"AWS": {"Ref": "Who"}}, "kms:*", None, ["cannot tell", "cannot tell"]),
    ],
)
def test_policy_of_a_key(principal: Any, action: Any, condition: Any, expected: list[str]) -> None:
    """All of KMS goes to the account's root alone, and nothing to everyone."""
    worker = {"Worker": {"Type": "AWS::IAM::Role"}}
    found = results(
        KeyPolicyIsNarrow, {**worker, **key(principal, action, condition)}, Parameters={"Who": {"Type": "String"}}
    )

    assert found == expected


def test_policies_of_others_are_not_judged() -> None:
    """A bucket's policy is no key's."""
    document = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}
    bucket = {"It": {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": document}}}

    assert results(KeyPolicyIsNarrow, bucket) == []
