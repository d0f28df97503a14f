"""Encryption at rest of trails, log groups, topics, queues, tables, secrets, backup vaults, and rotation of keys."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rule import Rule
from tap_templates.checks.rules.backup_vault_is_encrypted_as_required import BackupVaultIsEncryptedAsRequired
from tap_templates.checks.rules.key_rotates import KeyRotates
from tap_templates.checks.rules.log_group_is_encrypted_as_required import LogGroupIsEncryptedAsRequired
from tap_templates.checks.rules.queue_is_encrypted import QueueIsEncrypted
from tap_templates.checks.rules.secret_is_encrypted_as_required import SecretIsEncryptedAsRequired
from tap_templates.checks.rules.table_is_encrypted_as_required import TableIsEncryptedAsRequired
from tap_templates.checks.rules.topic_is_encrypted import TopicIsEncrypted
from tap_templates.checks.rules.trail_is_encrypted_as_required import TrailIsEncryptedAsRequired

TRAIL, TOPIC, QUEUE, KEY = "AWS::CloudTrail::Trail", "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::KMS::Key"
KEYED = [
    (LogGroupIsEncryptedAsRequired, "AWS::Logs::LogGroup", "KmsKeyId", "logs"),
    (TopicIsEncrypted, TOPIC, "KmsMasterKeyId", "topics"),
    (QueueIsEncrypted, QUEUE, "KmsMasterKeyId", "queues"),
    (SecretIsEncryptedAsRequired, "AWS::SecretsManager::Secret", "KmsKeyId", "secrets"),
    (BackupVaultIsEncryptedAsRequired, "AWS::Backup::BackupVault", "EncryptionKeyArn", "backups"),
]
PARAMETER = {"Parameters": {"KeyName": {"Type": "String"}}}


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("alias/mine", "holds"),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", "holds"),
        ("mrk-1234abcd12ab34cd56ef1234567890ab", "holds"),
        ("arn:aws:kms:us-east-1:111122223333:key/8a3f", "holds"),
        ({"Fn::GetAtt": ["Key", "Arn"]}, "holds"),
        ({"Ref": "Key"}, "holds"),
        ({"Fn::Sub": "${Key.Arn}"}, "holds"),
        ({"Fn::Sub": "alias/${AWS::StackName}"}, "holds"),
        ({"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:alias/mine"}, "holds"),
        (NO_VALUE, "fails"),
        ("", "fails"),
        (7, "fails"),
        ("mine", "fails"),
        ("alias/aws/any", "fails"),
        ("arn:aws:kms:us-east-1:111122223333:alias/aws/any", "fails"),
        ({"Fn::Join": ["/", ["alias", "aws", "any"]]}, "fails"),
        ({"Ref": "KeyName"}, "cannot tell"),
        ({"Fn::ImportValue": "key"}, "cannot tell"),
        ({"Fn::GetAtt": ["Maker", "KeyArn"]}, "cannot tell"),
        ("{{resolve:ssm:/key}}", "cannot tell"),
    ],
)
@pytest.mark.parametrize(("rule", "resource_type", "name", "service"), KEYED)
def test_key_of_ones_own_is_required_where_the_requirement_names_the_service(
    rule: type[Rule], resource_type: str, name: str, service: str, value: Any, result: str
) -> None:
    """Neither no key nor one that AWS manages will do; what the template does not say is undecided."""
    resources = {**one(resource_type, **{name: value}), "Key": {"Type": KEY}, "Maker": {"Type": "Custom::Key"}}

    assert results(rule, resources, demands={"customer_managed_keys": [service]}, **PARAMETER) == [result]


@pytest.mark.parametrize(("rule", "resource_type", "name", "service"), KEYED)
def test_message_names_the_requirement(rule: type[Rule], resource_type: str, name: str, service: str) -> None:
    """The finding says which demand it is about, and stands where the property does."""
    found = said(rule, one(resource_type, **{name: "alias/aws/x"}), demands={"customer_managed_keys": [service]})

    remedy = f"name a KMS key of your own (the requirement customer_managed_keys names {service})"
    assert found == [("fails", f"Resources/It/Properties/{name}", f"It.{name}: found 'alias/aws/x'; {remedy}")]


@pytest.mark.parametrize("value", [NO_VALUE, "alias/aws/x", {"Ref": "KeyName"}])
@pytest.mark.parametrize(("rule", "resource_type", "name"), [row[:3] for row in KEYED if row[3] in ("logs", "secrets")])
def test_what_aws_encrypts_anyway_needs_no_key(rule: type[Rule], resource_type: str, name: str, value: Any) -> None:
    """Where no key is demanded, AWS's own encryption is enough."""
    assert results(rule, one(resource_type, **{name: value}), **PARAMETER) == ["holds"]


@pytest.mark.parametrize(
    ("required", "value", "result"),
    [
        ("AES256", NO_VALUE, "holds"),
        ("AES256", "alias/audit", "fails"),
        ("AES256", {"Ref": "KeyName"}, "fails"),
        ("aws:kms", "alias/audit", "holds"),
        ("aws:kms", {"Ref": "Key"}, "holds"),
        ("aws:kms", NO_VALUE, "fails"),
        ("aws:kms", {"Ref": "KeyName"}, "cannot tell"),
        ("aws:kms", "{{resolve:ssm:/key}}", "cannot tell"),
        ("any", NO_VALUE, "holds"),
        ("any", "alias/audit", "holds"),
    ],
)
def test_trail_is_judged_in_either_direction(required: str, value: Any, result: str) -> None:
    """A key violates AES256, no key violates aws:kms."""
    resources = {**one(TRAIL, KMSKeyId=value), "Key": {"Type": KEY}}

    assert results(TrailIsEncryptedAsRequired, resources, demands={"trail_encryption": required}, **PARAMETER) == [
        result
    ]


def test_trail_with_a_key_on_one_side_fails_on_that_side() -> None:
    """Both sides of a condition are judged; the path says which one it is."""
    found = said(TrailIsEncryptedAsRequired, one(TRAIL, KMSKeyId=either("IsProd", "alias/audit", NO_VALUE)))

    message = (
        "It.KMSKeyId: found 'alias/audit'; leave KMSKeyId out: SSE-S3 has no key (requirement trail_encryption: AES256)"
    )
    assert found == [("fails", "Resources/It/Properties/KMSKeyId/Fn::If/1", message)]


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("alias/aws/sns", "holds"),
        ({"Fn::Sub": "alias/${KeyName}"}, "holds"),
        ({"Ref": "Long"}, "holds"),
        ({"Ref": "Stored"}, "holds"),
        (NO_VALUE, "fails"),
        ("", "fails"),
        ({"Ref": "KeyName"}, "cannot tell"),
        ("{{resolve:ssm:/key}}", "cannot tell"),
    ],
)
def test_topic_names_some_key(value: Any, result: str) -> None:
    """SNS encrypts nothing by itself; a Parameter decides only if it cannot be left empty."""
    parameters = {
        "KeyName": {"Type": "String"},
        "Long": {"Type": "String", "MinLength": 1},
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>"},
    }

    assert results(TopicIsEncrypted, one(TOPIC, KmsMasterKeyId=value), Parameters=parameters) == [result]


def test_topic_without_properties_is_not_encrypted() -> None:
    """Where nothing is written, the finding stands at the resource's properties."""
    found = said(TopicIsEncrypted, {"It": {"Type": TOPIC}})

    assert found == [("fails", "Resources/It/Properties", "It: found nothing; set KmsMasterKeyId")]


@pytest.mark.parametrize(
    ("properties", "result"),
    [
        ({"SqsManagedSseEnabled": True}, "holds"),
        ({"SqsManagedSseEnabled": "true"}, "holds"),
        ({"KmsMasterKeyId": "alias/aws/sqs"}, "holds"),
        ({"KmsMasterKeyId": "", "SqsManagedSseEnabled": True}, "holds"),
        ({}, "fails"),
        ({"SqsManagedSseEnabled": False}, "fails"),
        ({"SqsManagedSseEnabled": {"Ref": "Switch"}}, "cannot tell"),
        ({"SqsManagedSseEnabled": "{{resolve:ssm:/switch}}"}, "cannot tell"),
    ],
)
def test_queue_says_how_it_is_encrypted(properties: dict[str, Any], result: str) -> None:
    """Either the switch or a key; AWS's default of today is not enough."""
    assert results(QueueIsEncrypted, one(QUEUE, **properties)) == [result]


def test_queue_is_judged_by_its_switch_only_where_it_has_no_key() -> None:
    """With a key on one side, the switch counts on the other."""
    properties = {
        "KmsMasterKeyId": either("HasKey", "alias/work", NO_VALUE),
        "SqsManagedSseEnabled": either("HasKey", NO_VALUE, False),
    }

    message = "It.SqsManagedSseEnabled: found False; set SqsManagedSseEnabled to true, or KmsMasterKeyId"
    path = "Resources/It/Properties/SqsManagedSseEnabled/Fn::If/2"
    assert said(QueueIsEncrypted, one(QUEUE, **properties)) == [("fails", path, message)]


@pytest.mark.parametrize(
    ("sse", "expected"),
    [
        ({"SSEEnabled": True, "KMSMasterKeyId": "alias/orders"}, ["holds", "holds"]),
        ({"SSEEnabled": False, "KMSMasterKeyId": "alias/orders"}, ["holds", "fails"]),
        ({"SSEEnabled": {"Ref": "Switch"}, "KMSMasterKeyId": "alias/orders"}, ["holds", "cannot tell"]),
        ({"SSEEnabled": True}, ["fails"]),
        ({"SSEEnabled": True, "KMSMasterKeyId": "alias/aws/dynamodb"}, ["fails"]),
    ],
)
def test_table_uses_a_key_of_its_own(sse: dict[str, Any], expected: list[str]) -> None:
    """A key that is named but not switched on protects nothing."""
    demands = {"customer_managed_keys": ["tables"]}
    resources = one("AWS::DynamoDB::Table", SSESpecification=sse)

    assert results(TableIsEncryptedAsRequired, resources, demands=demands) == expected
    assert results(TableIsEncryptedAsRequired, resources) == ["holds"]


def test_each_replica_of_a_global_table_has_a_key() -> None:
    """A replica without one is named by its place."""
    replicas = [
        {"Region": "us-east-1", "SSESpecification": {"KMSMasterKeyId": "alias/orders"}},
        {"Region": "eu-west-1"},
    ]
    resources = one("AWS::DynamoDB::GlobalTable", Replicas=replicas, SSESpecification={"SSEEnabled": True})
    found = said(TableIsEncryptedAsRequired, resources, demands={"customer_managed_keys": ["tables"]})

    assert [(result, path) for result, path, _ in found] == [("fails", "Resources/It/Properties/Replicas/1")]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"EnableKeyRotation": True}, ["holds"]),
        ({"EnableKeyRotation": "true", "KeySpec": "SYMMETRIC_DEFAULT"}, ["holds"]),
        ({"EnableKeyRotation": True, "KeySpec": {"Ref": "Spec"}}, ["holds"]),
        ({}, ["fails"]),
        ({"EnableKeyRotation": False}, ["fails"]),
        ({"EnableKeyRotation": {"Ref": "Switch"}}, ["cannot tell"]),
        ({"KeySpec": {"Ref": "Spec"}}, ["cannot tell"]),
        ({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}, []),
        ({"KeyUsage": "GENERATE_VERIFY_MAC", "KeySpec": "HMAC_256"}, []),
        ({"Origin": "EXTERNAL"}, []),
    ],
)
def test_key_that_can_rotate_does(properties: dict[str, Any], expected: list[str]) -> None:
    """Keys that KMS cannot rotate are not judged."""
    assert results(KeyRotates, one(KEY, **properties)) == expected


def test_key_that_is_asymmetric_on_one_side_is_judged_on_the_other() -> None:
    """The kind of key and its rotation are read together."""
    properties = {
        "KeySpec": either("Signs", "RSA_2048", NO_VALUE),
        "EnableKeyRotation": either("Signs", NO_VALUE, False),
    }

    message = "It.EnableKeyRotation: found False; set EnableKeyRotation to true"
    path = "Resources/It/Properties/EnableKeyRotation/Fn::If/2"
    assert said(KeyRotates, one(KEY, **properties)) == [("fails", path, message)]
