"""Corners of the readers that the flagship does not have."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from deployment.verification.test_verify_faults import Service, error

from tap_templates.deployment.verification.readers import READERS
from tap_templates.deployment.verification.reading import Calls, GoneError, Subject, UnreadableError


def read(kind: str, name: str, subject_id: str, properties: dict[str, Any] | None = None, **services: Service) -> Any:
    """A property, as its reader tells it."""
    calls = Calls(services.__getitem__)  # type: ignore[arg-type]
    return READERS[kind][name](Subject(calls, "R", kind, subject_id, properties or {}))


def function(location: str) -> Service:
    """Lambda with one function, whose code is somewhere."""
    return Service({"get_function": {"Configuration": {"FunctionName": "f"}, "Code": {"Location": location}}})


def test_code_that_was_not_inlined_or_cannot_be_fetched_is_unreadable(tmp_path: Path) -> None:
    """The object of a bucket, a place that is no URL, nobody listening."""
    services = {"lambda": function("file:///etc/passwd")}
    with pytest.raises(UnreadableError, match="which object"):
        read("AWS::Lambda::Function", "Code", "f", {"Code": {"S3Key": "k"}}, **services)
    with pytest.raises(UnreadableError, match="code at file"):
        read("AWS::Lambda::Function", "Code", "f", {"Code": {"ZipFile": "x"}}, **services)
    with pytest.raises(UnreadableError, match="could not be fetched"):
        read(
            "AWS::Lambda::Function",
            "Code",
            "f",
            {"Code": {"ZipFile": "x"}},
            **{"lambda": function("http://127.0.0.1:9")},
        )


@pytest.mark.parametrize(("runs", "told"), [(b"x", None), (b"y", "code with SHA-256 a1fce4363854ff88")])
def test_archive_is_what_its_key_promises(runs: bytes, told: str | None) -> None:
    """Lambda tells the SHA-256 of what it runs, and not where that came from."""
    key = f"assets/{hashlib.sha256(b'x').hexdigest()}.zip"
    stated = {"S3Bucket": "b", "S3Key": key}
    sha = base64.b64encode(hashlib.sha256(runs).digest()).decode()
    service = Service({"get_function": {"Configuration": {"CodeSha256": sha}}})

    found = read("AWS::Lambda::Function", "Code", "f", {"Code": stated}, **{"lambda": service})

    assert found["S3Bucket"] == "b"
    assert found["S3Key"].startswith(told or key)


def test_code_of_other_files_is_not_what_was_inlined(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names of the files are told in its place."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("other.py", "x")
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: io.BytesIO(packed.getvalue()))

    found = read(
        "AWS::Lambda::Function", "Code", "f", {"Code": {"ZipFile": "x"}}, **{"lambda": function("http://code")}
    )

    assert found == {"ZipFile": "files other.py"}


@pytest.mark.parametrize(
    ("kind", "name", "services"),
    [
        (
            "AWS::Lambda::Permission",
            "Action",
            {"lambda": Service({"get_policy": {"Policy": '{"Statement": [{"Sid": "x"}]}'}})},
        ),
        (
            "AWS::Logs::LogGroup",
            "RetentionInDays",
            {"logs": Service({"describe_log_groups": {"logGroups": [{"logGroupName": "R-1"}]}})},
        ),
        (
            "AWS::Logs::MetricFilter",
            "FilterPattern",
            {"logs": Service({"describe_metric_filters": {"metricFilters": [{"filterName": "x"}]}})},
        ),
        ("AWS::KMS::Alias", "AliasName", {"kms": Service({"list_aliases": {"Aliases": [{"AliasName": "x"}]}})}),
        ("AWS::CloudWatch::Alarm", "Period", {"cloudwatch": Service({"describe_alarms": {"MetricAlarms": []}})}),
        (
            "AWS::CloudWatch::Dashboard",
            "DashboardBody",
            {"cloudwatch": Service({"get_dashboard": error("ResourceNotFound")})},
        ),
        ("AWS::SNS::TopicPolicy", "Topics", {"sns": Service({"get_topic_attributes": {"Attributes": {}}})}),
        ("AWS::SQS::QueuePolicy", "Queues", {"sqs": Service({"get_queue_attributes": {"Attributes": {}}})}),
        ("AWS::S3::BucketPolicy", "Bucket", {"s3": Service({"get_bucket_policy": error("NoSuchBucketPolicy")})}),
        ("AWS::S3::Bucket", "BucketName", {"s3": Service({"head_bucket": error("404")})}),
    ],
)  # fmt: skip
def test_one_that_is_not_among_the_others_is_gone(kind: str, name: str, services: dict[str, Service]) -> None:
    """Lists without it, and answers that say so."""
    stated = {"FunctionName": "f", "LogGroupName": "g", "Topics": ["t"], "Queues": ["q"], "Bucket": "b"}
    with pytest.raises(GoneError):
        read(kind, name, "R", stated, **services)


def test_values_in_the_words_of_the_template() -> None:
    """A rule on another bus, an alias of a key's ARN, a secret without its value, a principal as text."""
    events = Service({"describe_rule": {"Name": "nightly", "EventBusName": "jobs"}})
    assert read("AWS::Events::Rule", "EventBusName", "jobs|nightly", events=events) == "jobs"

    kms = Service({"list_aliases": {"Aliases": [{"AliasName": "alias/a", "TargetKeyId": "k1"}]}})
    arn = "arn:aws:kms:eu-west-1:111122223333:key/k1"
    assert read("AWS::KMS::Alias", "TargetKeyId", "alias/a", {"TargetKeyId": arn}, kms=kms) == arn
    assert read("AWS::KMS::Alias", "TargetKeyId", "alias/a", {"TargetKeyId": "k2"}, kms=kms) == "k1"

    manager = Service({"describe_secret": {"Name": "s", "Tags": [{"Key": "Owner", "Value": "me"}]}})
    assert read("AWS::SecretsManager::Secret", "Name", "arn", secretsmanager=manager) == "s"
    assert read("AWS::SecretsManager::Secret", "Tags", "arn", secretsmanager=manager) == {"Owner": "me"}

    policy = '{"Statement": [{"Sid": "R", "Action": "a", "Principal": "*", "Resource": "arn:x:function:g"}]}'
    services = {"lambda": Service({"get_policy": {"Policy": policy}})}
    assert read("AWS::Lambda::Permission", "Principal", "R", {"FunctionName": "f"}, **services) == "*"
    assert read("AWS::Lambda::Permission", "FunctionName", "R", {"FunctionName": "f"}, **services) == "arn:x:function:g"

    watch = Service(
        {
            "get_dashboard": {"DashboardArn": "arn"},
            "list_tags_for_resource": {"Tags": [{"Key": "Owner", "Value": "me"}]},
        }
    )
    assert read("AWS::CloudWatch::Dashboard", "Tags", "d", cloudwatch=watch) == {"Owner": "me"}

    iam = Service({"get_policy": {"Policy": {"Tags": [{"Key": "Owner", "Value": "me"}]}}})
    assert read("AWS::IAM::ManagedPolicy", "Tags", "arn", iam=iam) == {"Owner": "me"}


def test_lifecycle_rule_with_everything_in_it() -> None:
    """Filters of both forms, dates, and transitions of old versions."""
    rules = [
        {
            "ID": "a",
            "Status": "Enabled",
            "Filter": {"And": {"Prefix": "logs/", "Tags": [{"Key": "k", "Value": "v"}], "ObjectSizeGreaterThan": 5}},
            "Expiration": {"Days": 3},
            "NoncurrentVersionTransitions": [{"NoncurrentDays": 30, "StorageClass": "GLACIER"}],
        },
        {"ID": "b", "Status": "Disabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}}},
    ]
    s3 = Service({"get_bucket_lifecycle_configuration": {"Rules": rules}})

    first, second = read("AWS::S3::Bucket", "LifecycleConfiguration", "b", s3=s3)["Rules"]

    assert first["Prefix"] == "logs/"
    assert first["TagFilters"] == second["TagFilters"] == [{"Key": "k", "Value": "v"}]
    assert first["ObjectSizeGreaterThan"] == 5
    assert first["ExpirationInDays"] == 3
    assert first["NoncurrentVersionTransitions"][0]["TransitionInDays"] == 30
    nothing = Service({"get_bucket_lifecycle_configuration": error("NoSuchLifecycleConfiguration")})
    assert read("AWS::S3::Bucket", "LifecycleConfiguration", "b", s3=nothing) is None
