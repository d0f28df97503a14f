"""Public access, logging, versions, lifecycle and ownership of buckets."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rules.bucket_blocks_public_access import SETTINGS, BucketBlocksPublicAccess
from tap_templates.checks.rules.bucket_has_lifecycle import BucketHasLifecycle
from tap_templates.checks.rules.bucket_is_versioned import BucketIsVersioned
from tap_templates.checks.rules.bucket_logs_access import BucketLogsAccess
from tap_templates.checks.rules.bucket_owner_owns_objects import BucketOwnerOwnsObjects

BUCKET = "AWS::S3::Bucket"
ALL = dict.fromkeys(SETTINGS, True)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(
    ("value", "result"), [(False, "fails"), (NO_VALUE, "fails"), ({"Ref": "Switch"}, "cannot tell")]
)
def test_each_of_the_four_settings_counts(setting: str, value: Any, result: str) -> None:
    """Three of four leave a way open."""
    found = said(BucketBlocksPublicAccess, one(BUCKET, PublicAccessBlockConfiguration={**ALL, setting: value}))

    path = f"Resources/It/Properties/PublicAccessBlockConfiguration/{setting}"
    assert [(each[0], each[1]) for each in found] == [(result, path)]
    assert found[0][2].endswith(f"; set PublicAccessBlockConfiguration.{setting} to true")


def test_bucket_without_a_block_fails_four_times() -> None:
    """Nothing is blocked where nothing is said."""
    assert results(BucketBlocksPublicAccess, {"It": {"Type": BUCKET}}) == ["fails"] * 4


def test_block_on_one_side_only_fails_on_the_other() -> None:
    """The side without the block is the finding."""
    resources = one(BUCKET, PublicAccessBlockConfiguration=either("IsSite", NO_VALUE, ALL))

    assert results(BucketBlocksPublicAccess, resources) == ["fails", "holds"] * 4


def test_public_access_that_is_allowed_is_not_judged() -> None:
    """With public_access: allowed there is no demand."""
    demands = {"public_access": "allowed"}

    assert results(BucketBlocksPublicAccess, {"It": {"Type": BUCKET}}, demands=demands) == []


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("Enabled", "holds"),
        ("Suspended", "fails"),
        (NO_VALUE, "fails"),
        ({"Ref": "Status"}, "cannot tell"),
        ("{{resolve:ssm:/status}}", "cannot tell"),
        (either("IsProd", "Enabled", "Enabled"), "holds"),
    ],
)
def test_bucket_keeps_versions(value: Any, result: str) -> None:
    """Only Enabled does."""
    assert set(results(BucketIsVersioned, one(BUCKET, VersioningConfiguration={"Status": value}))) == {result}


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("BucketOwnerEnforced", "holds"),
        ("BucketOwnerPreferred", "fails"),
        ({"Ref": "Ownership"}, "cannot tell"),
        ("{{resolve:ssm:/ownership}}", "cannot tell"),
    ],
)
def test_ownership_is_enforced(value: Any, result: str) -> None:
    """Preferred still allows ACLs."""
    resources = one(BUCKET, OwnershipControls={"Rules": [{"ObjectOwnership": value}]})

    assert results(BucketOwnerOwnsObjects, resources) == [result]


def logging(destination: Any, **more: Any) -> dict[str, Any]:
    """A bucket that logs to a destination, beside one called Logs."""
    logs = {"Type": BUCKET, "Properties": {"BucketName": "example-logs"}}
    return {"It": {"Type": BUCKET, "Properties": {"LoggingConfiguration": destination}}, "Logs": logs, **more}


@pytest.mark.parametrize(
    ("destination", "result"),
    [
        ({"Ref": "Logs"}, "holds"),
        ("example-logs", "holds"),
        ({"Fn::Sub": "${Logs}"}, "holds"),
    ],
)
def test_bucket_that_receives_the_logs_is_not_judged(destination: Any, result: str) -> None:
    """One verdict: of the bucket that logs, not of the one that receives."""
    assert results(BucketLogsAccess, logging({"DestinationBucketName": destination})) == [result]


@pytest.mark.parametrize(
    ("destination", "result"),
    [
        ({"DestinationBucketName": "elsewhere"}, "holds"),
        ({"DestinationBucketName": ""}, "fails"),
        ({"DestinationBucketName": {"Ref": "It"}}, "fails"),
        ({}, "fails"),
        (NO_VALUE, "fails"),
        ({"DestinationBucketName": {"Fn::ImportValue": "logs"}}, "cannot tell"),
        ({"DestinationBucketName": "{{resolve:ssm:/logs}}"}, "cannot tell"),
    ],
)
def test_bucket_logs_to_another(destination: Any, result: str) -> None:
    """Itself is no destination; then the bucket for logs is one like any other, and logs nothing."""
    assert results(BucketLogsAccess, logging(destination)) == [result, "fails"]


def test_bucket_that_logs_into_itself_is_told_why() -> None:
    """The message says what would happen."""
    found = said(BucketLogsAccess, one(BUCKET, LoggingConfiguration={"DestinationBucketName": {"Ref": "It"}}))

    message = (
        "It.LoggingConfiguration.DestinationBucketName: found {'Ref': 'It'}; "
        "set LoggingConfiguration.DestinationBucketName to a bucket for access logs: a log of its own log never ends"
    )
    assert found == [("fails", "Resources/It/Properties/LoggingConfiguration/DestinationBucketName", message)]


ABORT = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([{"Status": "Enabled", "ExpirationInDays": 30, **ABORT}], ["holds", "holds"]),
        ([{"Status": "Enabled", "Prefix": "a/", "Transitions": [{}]}, {"Status": "Enabled", **ABORT}], ["holds"] * 2),
        ({"Status": "Enabled", "ExpirationInDays": 30, **ABORT}, ["holds", "holds"]),
        ([{"Status": "Enabled", "ExpirationInDays": 30}], ["holds", "fails"]),
        ([{"Status": "Enabled", **ABORT}], ["fails", "holds"]),
        ([{"Status": "Enabled", "ExpirationInDays": 30, "Prefix": "a/", **ABORT}], ["holds", "fails"]),
        ([{"Status": "Disabled", "ExpirationInDays": 30, **ABORT}], ["fails", "fails"]),
        ([{"Status": {"Ref": "Status"}, "ExpirationInDays": 30, **ABORT}], ["cannot tell", "cannot tell"]),
        ([], ["fails", "fails"]),
        ("Enabled", ["fails", "fails"]),
        ({"Ref": "Rules"}, ["cannot tell", "cannot tell"]),
        ([{"Fn::Transform": {"Name": "Rules"}}], ["cannot tell", "cannot tell"]),
    ],
)
def test_lifecycle_ends_something_and_aborts_uploads(rules: Any, expected: list[str]) -> None:
    """Two questions of the rules together; what is narrow or off does not count for uploads."""
    assert results(BucketHasLifecycle, one(BUCKET, LifecycleConfiguration={"Rules": rules})) == expected


def test_lifecycle_rule_that_one_side_leaves_out_is_missing_there() -> None:
    """Rules inside the list may come and go with a condition."""
    rules = [{"Status": "Enabled", "ExpirationInDays": 30, **ABORT}]
    found = said(BucketHasLifecycle, one(BUCKET, LifecycleConfiguration={"Rules": either("IsProd", rules, [])}))

    ends, aborts = (
        "It.LifecycleConfiguration.Rules: found []; add an enabled rule to LifecycleConfiguration that expires or "
        "transitions objects or their versions",
        "It.LifecycleConfiguration.Rules: found []; add an enabled rule to LifecycleConfiguration with "
        "AbortIncompleteMultipartUpload for all of it",
    )
    path = "Resources/It/Properties/LifecycleConfiguration/Rules/Fn::If/2"
    assert found == [("fails", path, ends), ("fails", path, aborts)]
    inside = one(BUCKET, LifecycleConfiguration={"Rules": [either("IsProd", rules[0], NO_VALUE)]})
    assert results(BucketHasLifecycle, inside) == ["holds", "holds", "fails", "fails"]


def test_more_conditions_than_can_be_judged_are_undecided() -> None:
    """Seven conditions inside one value are not tried out."""
    rules = [either(f"Has{number}", {"Status": "Enabled", **ABORT}, NO_VALUE) for number in range(7)]

    assert results(BucketHasLifecycle, one(BUCKET, LifecycleConfiguration={"Rules": rules})) == ["cannot tell"] * 2


def test_bucket_that_receives_the_logs_of_a_balancer_is_not_judged() -> None:
    """Named by its logical id or by its name; a balancer that logs nowhere, or no one knows where, names none."""
    balancer = {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"}

    def judged(*destinations: Any) -> list[str]:
        attributes = [{"Key": "access_logs.s3.bucket", "Value": each} for each in destinations]
        other = {"Key": "idle_timeout.timeout_seconds", "Value": "Logs"}
        logs = {"Type": BUCKET, "Properties": {"BucketName": "logs-of-mine"}}
        properties = {"LoadBalancerAttributes": [other, *attributes]}
        return results(BucketLogsAccess, {"Logs": logs, "Web": {**balancer, "Properties": properties}})

    assert judged({"Ref": "Logs"}) == judged("logs-of-mine") == []
    assert judged() == judged("elsewhere") == judged({"Ref": "AWS::Region"}) == ["fails"]
