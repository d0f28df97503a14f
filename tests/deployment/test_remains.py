"""Before a deletion: what goes, what stays and why; and that it comes true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from deployment.scripted import Scripted, client_error

from tap_templates.deployment import Clients, Fate, delete, deletion_plan, deploy
from tap_templates.deployment.stacks import describe
from tap_templates.errors import UsageError

BUCKET = {"Type": "AWS::S3::Bucket"}
QUICK: dict[str, Any] = {"poll_seconds": 0.02, "timeout_seconds": 30}


@pytest.fixture
def full_bucket(deployment_clients: Clients, stack_name: str) -> Iterator[str]:
    """A stack of two buckets, a kept queue, a queue and a topic; the name of the bucket that has an object."""
    resources = {
        "Full": BUCKET,
        "Empty": BUCKET,
        "Kept": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"},
        "Jobs": {"Type": "AWS::SQS::Queue"},
        "News": {"Type": "AWS::SNS::Topic"},
    }
    outputs = {"Full": {"Value": {"Ref": "Full"}}, "Kept": {"Value": {"Ref": "Kept"}}}
    body = json.dumps({"Resources": resources, "Outputs": outputs})
    deployed = deploy(body, stack_name=stack_name, client=deployment_clients("cloudformation"), **QUICK)
    s3, bucket = deployment_clients("s3"), deployed.outputs["Full"]
    s3.put_object(Bucket=bucket, Key="k", Body=b"v")
    yield bucket
    s3.delete_object(Bucket=bucket, Key="k")
    s3.delete_bucket(Bucket=bucket)
    deployment_clients("sqs").delete_queue(QueueUrl=deployed.outputs["Kept"])


def test_what_is_said_to_stay_stays_and_the_rest_goes(
    deployment_clients: Clients, stack_name: str, full_bucket: str
) -> None:
    """A bucket with objects, which CloudFormation cannot delete, is left behind; a kept resource, too."""
    plan = deletion_plan(deployment_clients, stack_name)
    assert {fate.logical_id: fate.stays for fate in plan.staying} == {
        "Full": "it is not empty, and CloudFormation deletes no bucket with objects",
        "Kept": "its DeletionPolicy is Retain",
    }
    assert {fate.logical_id: fate.loses for fate in plan.going} == {
        "Empty": "",
        "Jobs": "messages that nobody has received yet",
        "News": "",
    }
    assert plan.full_buckets == ("Full",)

    client, notes = deployment_clients("cloudformation"), []
    assert delete(stack_name, client=client, leave=plan.full_buckets, on_note=notes.append, **QUICK)
    assert notes == ["Full cannot be deleted, and stays behind"]
    assert describe(client, stack_name) is None
    assert deployment_clients("s3").list_objects_v2(Bucket=full_bucket)["KeyCount"] == 1
    queues = deployment_clients("sqs").list_queues(QueueNamePrefix=stack_name).get("QueueUrls", [])
    assert [url.rpartition("/")[2].split("-")[1] for url in queues] == ["Kept"]


def test_unknown_stack_is_said_with_the_region(deployment_clients: Clients) -> None:
    """Nothing to plan."""
    with pytest.raises(UsageError, match=r"no such stack in this account and region \(us-east-1\)"):
        deletion_plan(deployment_clients, "never-deployed")


class Scripts:
    """Clients of a stack whose template and resources are given; ``s3`` answers as told."""

    def __init__(self, body: Any, resources: list[tuple[str, str]], *, s3: Any = None, status: str = "X") -> None:
        summaries = [
            {
                "LogicalResourceId": title,
                "ResourceType": kind,
                "PhysicalResourceId": f"id-of-{title}",
                "ResourceStatus": status,
            }
            for title, kind in resources
        ]

        class Paginator:
            def paginate(self, **arguments: Any) -> Paginator:
                return self

            def build_full_result(self) -> dict[str, Any]:
                return {"StackResourceSummaries": summaries}

        self.cloudformation = Scripted(
            describe_stacks=[{"Stacks": [{"StackId": "id", "StackStatus": "CREATE_COMPLETE"}]}],
            get_template=[{"TemplateBody": body}],
        )
        self.cloudformation.get_paginator = lambda name: Paginator()  # type: ignore[method-assign]
        self.s3 = Scripted(list_object_versions=[s3 or {}])

    def __call__(self, service: str) -> Any:
        """The client of a service."""
        return getattr(self, service)


def fate(resource: dict[str, Any], **more: Any) -> Fate:
    """What becomes of the one resource of a stack."""
    scripts: Any = Scripts({"Resources": {"R": resource}}, [("R", resource["Type"])], **more)
    [found] = deletion_plan(scripts, "s").fates
    return found


@pytest.mark.parametrize(
    ("resource", "stays", "loses"),
    [
        ({"Type": "AWS::RDS::DBInstance"}, "a snapshot of it is taken", ""),
        ({"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Delete"}, "", "rows"),
        ({"Type": "AWS::DynamoDB::Table"}, "", "items"),
        (
            {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "RetainExceptOnCreate"},
            "its DeletionPolicy is RetainExceptOnCreate",
            "",
        ),
        ({"Type": "AWS::IAM::Role"}, "", ""),
    ],
)
def test_policy_decides_what_stays(resource: dict[str, Any], stays: str, loses: str) -> None:
    """As written, or by CloudFormation's default for the type."""
    found = fate(resource)

    assert (found.stays, found.loses) == (stays, loses)
    assert found.physical_id == "id-of-R"


@pytest.mark.parametrize(
    ("answer", "stays"),
    [
        ({"Versions": [{}]}, "it is not empty"),
        ({"DeleteMarkers": [{}]}, "it is not empty"),
        ({}, ""),
        (client_error("NoSuchBucket"), ""),
        (client_error("AccessDenied"), "it may not be empty"),
        (EndpointConnectionError(endpoint_url="https://x"), "it may not be empty"),
    ],
    ids=["objects", "markers of deleted objects", "empty", "gone", "denied", "not reached"],
)
def test_bucket_goes_only_when_nothing_is_in_it(answer: Any, stays: str) -> None:
    """One that cannot be looked into may stay, and is said to."""
    assert fate(BUCKET, s3=answer).stays.startswith(stays)
    assert bool(fate(BUCKET, s3=answer).stays) is bool(stays)


@pytest.mark.parametrize("body", ["{", "words", {"Resources": []}, [], None, '{"Resources": {}}'])
def test_template_that_cannot_be_read_is_no_obstacle(body: Any) -> None:
    """The resources that CloudFormation lists are planned with the defaults of their types."""
    scripts: Any = Scripts(body, [("Jobs", "AWS::SQS::Queue"), ("News", "AWS::SNS::Topic")])

    assert [each.loses for each in deletion_plan(scripts, "s").fates] == ["messages that nobody has received yet", ""]


def test_resource_that_is_gone_already_is_not_planned() -> None:
    """After a deletion that failed half-way."""
    scripts: Any = Scripts("Resources: {}", [("Jobs", "AWS::SQS::Queue")], status="DELETE_COMPLETE")

    assert deletion_plan(scripts, "s").fates == ()
