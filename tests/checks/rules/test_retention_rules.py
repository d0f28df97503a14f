"""What becomes of stateful resources when the stack goes, or CloudFormation replaces them."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import either, results, said

from tap_templates.checks.rule import Rule
from tap_templates.checks.rules.stateful_resource_has_deletion_policy import StatefulResourceHasDeletionPolicy
from tap_templates.checks.rules.stateful_resource_has_update_replace_policy import (
    StatefulResourceHasUpdateReplacePolicy,
)

RULES = [
    (StatefulResourceHasDeletionPolicy, "DeletionPolicy"),
    (StatefulResourceHasUpdateReplacePolicy, "UpdateReplacePolicy"),
]
BUCKET, DATABASE, QUEUE = "AWS::S3::Bucket", "AWS::RDS::DBInstance", "AWS::SQS::Queue"


@pytest.mark.parametrize(
    ("required", "resource_type", "policy", "result"),
    [
        ("retain", BUCKET, "Retain", "holds"),
        ("retain", BUCKET, "Delete", "fails"),
        ("retain", BUCKET, "Snapshot", "fails"),
        ("retain", DATABASE, "Snapshot", "holds"),
        ("retain", DATABASE, "Delete", "fails"),
        ("delete", BUCKET, "Delete", "holds"),
        ("delete", BUCKET, "Retain", "fails"),
        ("delete", DATABASE, "Snapshot", "fails"),
        ("any", BUCKET, "Delete", "holds"),
        ("any", BUCKET, "Retain", "holds"),
        ("any", DATABASE, "Snapshot", "holds"),
        ("any", BUCKET, "Keep", "fails"),
        ("retain", BUCKET, {"Ref": "Policy"}, "cannot tell"),
    ],
)
@pytest.mark.parametrize(("rule", "attribute"), RULES)
def test_attribute_says_what_is_required(
    rule: type[Rule], attribute: str, required: str, resource_type: str, policy: Any, result: str
) -> None:
    """Either direction: keeping can be the violation too."""
    resources = {"It": {"Type": resource_type, attribute: policy}}

    assert results(rule, resources, demands={"data_retention": required}) == [result]


@pytest.mark.parametrize("required", ["retain", "delete", "any"])
@pytest.mark.parametrize(("rule", "attribute"), RULES)
def test_attribute_has_to_be_written(rule: type[Rule], attribute: str, required: str) -> None:
    """What CloudFormation does by itself is not said by anyone."""
    assert results(rule, {"It": {"Type": BUCKET}}, demands={"data_retention": required}) == ["fails"]


def test_messages_name_the_words_and_the_requirement() -> None:
    """Where the attribute is missing the path is the resource."""
    found = said(StatefulResourceHasDeletionPolicy, {"It": {"Type": DATABASE}})
    remedy = "set DeletionPolicy to Retain or RetainExceptOnCreate or Snapshot (requirement data_retention: retain)"
    assert found == [("fails", "Resources/It", f"It: found nothing; {remedy}")]

    found = said(StatefulResourceHasUpdateReplacePolicy, {"It": {"Type": BUCKET, "UpdateReplacePolicy": "Delete"}})
    message = (
        "It.UpdateReplacePolicy: found 'Delete'; set UpdateReplacePolicy to Retain (requirement data_retention: retain)"
    )
    assert found == [("fails", "Resources/It/UpdateReplacePolicy", message)]


def test_retain_except_on_create_keeps_only_from_deletion() -> None:
    """CloudFormation takes the word for DeletionPolicy alone."""
    resources = {
        "It": {"Type": BUCKET, **dict.fromkeys(["DeletionPolicy", "UpdateReplacePolicy"], "RetainExceptOnCreate")}
    }

    assert results(StatefulResourceHasDeletionPolicy, resources) == ["holds"]
    assert results(StatefulResourceHasUpdateReplacePolicy, resources) == ["fails"]


def test_both_sides_of_a_condition_are_judged() -> None:
    """The language extensions allow functions here."""
    resources = {"It": {"Type": BUCKET, "DeletionPolicy": either("IsProd", "Retain", "Delete")}}

    assert [each[1] for each in said(StatefulResourceHasDeletionPolicy, resources)] == [
        "Resources/It/DeletionPolicy/Fn::If/2"
    ]


def test_instance_of_a_cluster_holds_nothing_of_its_own() -> None:
    """Its cluster is judged instead; on the side without a cluster it is."""
    in_cluster = {"It": {"Type": DATABASE, "Properties": {"DBClusterIdentifier": {"Ref": "Cluster"}}}}
    maybe = {
        "Type": DATABASE,
        "Properties": {"DBClusterIdentifier": either("HasCluster", "c", {"Ref": "AWS::NoValue"})},
    }

    assert results(StatefulResourceHasDeletionPolicy, in_cluster) == []
    assert results(StatefulResourceHasDeletionPolicy, {"It": maybe}) == ["fails"]


@pytest.mark.parametrize(
    "sender",
    [
        {"Type": QUEUE, "Properties": {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["It", "Arn"]}}}},
        {"Type": "AWS::Lambda::Function", "Properties": {"DeadLetterConfig": {"TargetArn": {"Fn::Sub": "${It.Arn}"}}}},
        {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {"DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": "It.Arn"}}}},
        },
        {
            "Type": "AWS::Events::Rule",
            "Properties": {"Targets": [{"Id": "t", "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["It", "Arn"]}}}]},
        },
        {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "RedrivePolicy": either("X", {"deadLetterTargetArn": {"Fn::GetAtt": ["It", "Arn"]}}, {"Ref": "P"})
            },
        },
    ],
)
def test_queue_of_dead_letters_is_not_stateful(sender: dict[str, Any]) -> None:
    """Whoever sends them: a queue, a function, a rule, a subscription."""
    sender = {**sender, "DeletionPolicy": "Retain"}

    assert "fails" not in results(StatefulResourceHasDeletionPolicy, {"It": {"Type": QUEUE}, "Sender": sender})


def test_queue_of_work_is_stateful() -> None:
    """Messages that nobody received yet are lost with it; a topic keeps none."""
    assert results(StatefulResourceHasDeletionPolicy, {"It": {"Type": QUEUE}, "T": {"Type": "AWS::SNS::Topic"}}) == [
        "fails"
    ]
