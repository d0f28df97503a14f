"""Keys: rotated, kept, and used through the services that hold them only."""

from __future__ import annotations

import pytest
from support.component_samples import fixed, fixed_name
from support.iam_evaluator import ALLOWED, NOT_ALLOWED, Request, decision
from support.resolved_template import ACCOUNT, OTHER_ACCOUNT, Resolved
from troposphere import encode_to_dict

from tap_templates.components.keys import USE, key, used_through
from tap_templates.errors import PolicyError, PropertyError
from tap_templates.stack import Stack

ME = f"arn:aws:iam::{ACCOUNT}:role/me"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/vault"
THROUGH_S3 = {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "s3.eu-central-1.amazonaws.com"}


def stack_with_key() -> Stack:
    """A stack with one key that is used through S3."""
    stack = Stack(fixed())
    key(stack, "Vault", purpose="what must stay secret", statements=[used_through("s3")])
    return stack


def test_key_and_alias() -> None:
    """A key rotates, waits 30 days before it goes, stays with its data, and has an alias by the convention."""
    resources = stack_with_key().to_dict()["Resources"]
    vault = resources["Vault"]

    assert (vault["DeletionPolicy"], vault["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert vault["Properties"]["Description"] == "payments prod: what must stay secret"
    assert vault["Properties"]["EnableKeyRotation"] is True
    assert vault["Properties"]["PendingWindowInDays"] == 30
    name = fixed_name("vault")
    name["Fn::Sub"][0] = f"alias/{name['Fn::Sub'][0]}"
    assert resources["VaultAlias"] == {
        "Type": "AWS::KMS::Alias",
        "Properties": {"AliasName": name, "TargetKeyId": {"Ref": "Vault"}},
    }


def test_key_without_statements_is_used_by_no_one() -> None:
    """By itself a key has nothing but its administration, which holds no use of it and no grant."""
    stack = Stack(fixed())
    key(stack, "Vault", purpose="nothing yet")
    [statement] = stack.to_dict()["Resources"]["Vault"]["Properties"]["KeyPolicy"]["Statement"]

    assert statement["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    assert statement["Action"] == [
        "kms:CancelKeyDeletion",
        "kms:CreateAlias",
        "kms:DeleteAlias",
        "kms:DescribeKey",
        "kms:DisableKey",
        "kms:DisableKeyRotation",
        "kms:EnableKey",
        "kms:EnableKeyRotation",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListGrants",
        "kms:ListKeyPolicies",
        "kms:ListResourceTags",
        "kms:PutKeyPolicy",
        "kms:RevokeGrant",
        "kms:ScheduleKeyDeletion",
        "kms:TagResource",
        "kms:UntagResource",
        "kms:UpdateAlias",
        "kms:UpdateKeyDescription",
    ]


@pytest.mark.parametrize(
    ("action", "arn", "context", "expected"),
    [
        ("kms:Decrypt", ME, THROUGH_S3, ALLOWED),
        ("kms:GenerateDataKey", ME, THROUGH_S3, ALLOWED),
        ("kms:Encrypt", ME, THROUGH_S3, NOT_ALLOWED),
        ("kms:CreateGrant", ME, THROUGH_S3, NOT_ALLOWED),
        ("kms:Decrypt", ME, {"kms:CallerAccount": ACCOUNT}, NOT_ALLOWED),
        ("kms:Decrypt", ME, {**THROUGH_S3, "kms:ViaService": "sns.eu-central-1.amazonaws.com"}, NOT_ALLOWED),
        ("kms:Decrypt", ME, {**THROUGH_S3, "kms:ViaService": "s3.us-east-1.amazonaws.com"}, NOT_ALLOWED),
        ("kms:Decrypt", ME, {**THROUGH_S3, "kms:CallerAccount": OTHER_ACCOUNT}, NOT_ALLOWED),
        ("kms:Decrypt", ME.replace(ACCOUNT, OTHER_ACCOUNT), THROUGH_S3, NOT_ALLOWED),
        ("kms:PutKeyPolicy", ME, {}, ALLOWED),
        ("kms:PutKeyPolicy", ME.replace(ACCOUNT, OTHER_ACCOUNT), {}, NOT_ALLOWED),
    ],
)
def test_use_through_one_service(action: str, arn: str, context: dict[str, str], expected: str) -> None:
    """Principals of the account use the key through the one service, here; administration is apart from use."""
    policy = Resolved(stack_with_key().to_dict()).properties("Vault")["KeyPolicy"]

    assert decision(Request(action, KEY, arn=arn, context=context), policy) == expected


def test_name_of_the_service_in_china() -> None:
    """Through which service is said with the partition's own suffix."""
    pseudo = {"AWS__Region": "cn-north-1", "AWS__URLSuffix": "amazonaws.com.cn", "AWS__Partition": "aws-cn"}
    policy = Resolved(stack_with_key().to_dict(), **pseudo).properties("Vault")["KeyPolicy"]

    assert policy["Statement"][1]["Condition"] == {
        "StringEquals": {"kms:CallerAccount": ACCOUNT, "kms:ViaService": "s3.cn-north-1.amazonaws.com.cn"}
    }


def test_verbs_of_a_key() -> None:
    """Decrypting and encrypting name the key itself."""
    vault = key(Stack(fixed()), "Vault", purpose="anything")
    on = [{"Fn::GetAtt": ["Vault", "Arn"]}]

    assert [encode_to_dict(statement) for statement in (*vault.decrypt(), *vault.encrypt())] == [
        {"Sid": "DecryptVault", "Effect": "Allow", "Action": ["kms:Decrypt"], "Resource": on},
        {"Sid": "EncryptVault", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": on},
    ]


def test_administrators_and_users_apart() -> None:
    """Who administers the key cannot use it, and who uses it cannot administer it; the account's root does neither."""
    stack = Stack(fixed())
    administrator, user = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("keeper", "worker"))
    key(stack, "Vault", purpose="anything", administrators=[administrator], users=[user])
    policy = Resolved(stack.to_dict()).properties("Vault")["KeyPolicy"]

    def allowed(action: str, arn: str) -> bool:
        return decision(Request(action, KEY, arn=arn), policy) == ALLOWED

    assert [allowed(action, administrator) for action in ("kms:PutKeyPolicy", "kms:Decrypt")] == [True, False]
    assert [allowed(action, user) for action in ("kms:PutKeyPolicy", "kms:Decrypt")] == [False, True]
    assert not allowed("kms:PutKeyPolicy", f"arn:aws:iam::{ACCOUNT}:root")


@pytest.mark.parametrize("days", [6, 31])
def test_deletion_window_is_what_kms_takes(days: int) -> None:
    """From seven to thirty days."""
    with pytest.raises(PropertyError, match=f"Vault.PendingWindowInDays: found {days}; use 7 to 30 days"):
        key(Stack(fixed()), "Vault", purpose="anything", deletion_window_days=days)


def test_one_more_statement_of_the_same_name_is_refused() -> None:
    """A key's policy holds each Sid once."""
    vault = key(Stack(fixed()), "Vault", purpose="anything", statements=[used_through("s3")])
    vault.admit(used_through("sqs"))

    with pytest.raises(PolicyError, match="Sid 'UseThroughS3' twice"):
        vault.admit(used_through("s3", actions=USE[:1]))


def test_what_the_policy_says_already_is_not_said_again() -> None:
    """A queue and its dead letters share a key, and a topic that sends to both asks for it twice."""
    vault = key(Stack(fixed()), "Vault", purpose="anything", statements=[used_through("s3")])
    vault.admit(used_through("s3"), used_through("sqs"))

    sids = [statement["Sid"] for statement in encode_to_dict(vault.resource.KeyPolicy)["Statement"]]
    assert sids == ["Administer", "UseThroughS3", "UseThroughSQS"]
