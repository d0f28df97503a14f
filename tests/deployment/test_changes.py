"""What a change set would do, and what is lost with it."""

from __future__ import annotations

from typing import Any

import pytest

from tap_templates.deployment.changes import Change, changes_of, deletion_policy


def said(action: str, kind: str, **more: Any) -> dict[str, Any]:
    """One change of resource ``R`` as CloudFormation says it."""
    return {"ResourceChange": {"Action": action, "LogicalResourceId": "R", "ResourceType": kind, **more}}


def change(spoken: dict[str, Any], old: dict[str, Any] | None = None, new: dict[str, Any] | None = None) -> Change:
    """The one change, between two templates' resources ``R``."""
    kind = spoken["ResourceChange"]["ResourceType"]
    [found] = changes_of([spoken], {"R": {"Type": kind, **(old or {})}}, {"R": {"Type": kind, **(new or {})}})
    return found


@pytest.mark.parametrize(
    ("kind", "old", "loses"),
    [
        ("AWS::S3::Bucket", {}, "objects"),
        ("AWS::S3::Bucket", {"DeletionPolicy": "Retain"}, "nothing, but it stays behind, outside of the stack"),
        ("AWS::RDS::DBInstance", {}, "rows, but for a snapshot"),
        ("AWS::RDS::DBInstance", {"DeletionPolicy": "Delete"}, "rows"),
        ("AWS::DynamoDB::Table", {"DeletionPolicy": "Snapshot"}, "items"),
    ],
)
def test_removed_resource_that_holds_data(kind: str, old: dict[str, Any], loses: str) -> None:
    """What is lost follows from the policy that the stack's own template gives it."""
    found = change(said("Remove", kind), old)

    assert (found.loses, found.data_at_risk) == (loses, True)


def test_word_of_cloudformation_counts_more_than_the_template() -> None:
    """PolicyAction is what will be done."""
    found = change(said("Remove", "AWS::S3::Bucket", PolicyAction="Retain"), {"DeletionPolicy": "Delete"})

    assert found.loses.startswith("nothing, but it stays behind")


def test_replaced_resource_names_the_properties_that_ask_for_it() -> None:
    """The new one is empty, whatever becomes of the old one."""
    details = [
        {"Target": {"Attribute": "Properties", "Name": "BucketName", "RequiresRecreation": "Always"}},
        {"Target": {"Attribute": "Properties", "Name": "BucketName", "RequiresRecreation": "Always"}},
        {"Target": {"Attribute": "Properties", "Name": "Tags", "RequiresRecreation": "Never"}},
        {"Target": {"Attribute": "Metadata", "RequiresRecreation": "Conditionally"}},
    ]
    spoken = said("Modify", "AWS::S3::Bucket", Replacement="True", Details=details)

    assert change(spoken).because == ("BucketName",)
    assert change(spoken).loses == "objects; the new one is empty"
    kept = change(spoken, new={"UpdateReplacePolicy": "Retain"})
    assert kept.loses == "nothing, but the old one stays behind, outside of the stack; the new one is empty"
    assert kept.data_at_risk


def test_replacement_that_only_execution_can_tell_is_said_as_such() -> None:
    """Conditional: what would be lost, and no certain risk."""
    found = change(said("Modify", "AWS::SQS::Queue", Replacement="Conditional"))

    assert found.loses.startswith("if it is replaced: messages")
    assert not found.data_at_risk


@pytest.mark.parametrize(
    "spoken",
    [
        said("Add", "AWS::S3::Bucket"),
        said("Modify", "AWS::S3::Bucket", Replacement="False"),
        said("Remove", "AWS::IAM::Role"),
        said("Modify", "AWS::IAM::Role", Replacement="True"),
    ],
)
def test_nothing_is_lost_otherwise(spoken: dict[str, Any]) -> None:
    """Additions, updates in place, and resources that hold nothing."""
    assert (change(spoken).loses, change(spoken).data_at_risk) == ("", False)


def test_instance_of_a_cluster_holds_nothing_of_its_own() -> None:
    """Its cluster does; it has no snapshot by default either."""
    member = {"Properties": {"DBClusterIdentifier": "c"}}

    assert change(said("Remove", "AWS::RDS::DBInstance"), member).loses == ""
    assert deletion_policy({"Type": "AWS::RDS::DBInstance", **member}) == "Delete"
