"""What goes and what stays when a stack is deleted, before it is: by policy, as a snapshot, or for what is in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tap_templates.deployment.changes import KEPT, deletion_policy, holds_data
from tap_templates.deployment.clients import Clients, aws_errors, sdk_errors
from tap_templates.deployment.stacks import describe
from tap_templates.deployment.templates import as_data
from tap_templates.errors import UsageError

NOT_EMPTY = "it is not empty, and CloudFormation deletes no bucket with objects"
CANNOT_TELL = "it may not be empty: whether there are objects in it cannot be read"


class Fate(NamedTuple):
    """What becomes of one resource; ``stays`` says why something of it remains, ``loses`` what is lost with it."""

    logical_id: str
    type: str
    physical_id: str
    stays: str = ""
    loses: str = ""


class DeletionPlan(NamedTuple):
    """What a deletion is about to do, for whoever confirms it."""

    stack_name: str
    stack: Mapping[str, Any]
    fates: tuple[Fate, ...]

    @property
    def staying(self) -> tuple[Fate, ...]:
        """Resources of which something remains."""
        return tuple(fate for fate in self.fates if fate.stays)

    @property
    def going(self) -> tuple[Fate, ...]:
        """Resources that are gone afterwards."""
        return tuple(fate for fate in self.fates if not fate.stays)

    @property
    def full_buckets(self) -> tuple[str, ...]:
        """Logical ids of buckets that CloudFormation will not be able to delete."""
        return tuple(fate.logical_id for fate in self.fates if fate.stays in (NOT_EMPTY, CANNOT_TELL))


def deletion_plan(clients: Clients, stack_name: str) -> DeletionPlan:
    """What deleting the stack would remove and leave; nothing is changed.

    Raises:
        UsageError: No such stack.
    """
    client, where = clients("cloudformation"), f"stack {stack_name}"
    stack = describe(client, stack_name)
    if stack is None:
        found = f"no such stack in this account and region ({client.meta.region_name})"
        raise UsageError(where, found=found, remedy="correct its name, or the region")
    with aws_errors(where):
        body = client.get_template(StackName=stack["StackId"]).get("TemplateBody") or {}
        listed = client.get_paginator("list_stack_resources").paginate(StackName=stack["StackId"])
        summaries = listed.build_full_result().get("StackResourceSummaries", [])
    resources = _resources(body)
    fates = [
        _fate(clients, said, resources.get(said["LogicalResourceId"], {"Type": said["ResourceType"]}))
        for said in summaries
        if said.get("PhysicalResourceId") and said["ResourceStatus"] != "DELETE_COMPLETE"
    ]
    return DeletionPlan(stack_name, stack, tuple(fates))


def _fate(clients: Clients, said: Mapping[str, Any], resource: Mapping[str, Any]) -> Fate:
    fate = Fate(said["LogicalResourceId"], said["ResourceType"], said["PhysicalResourceId"])
    policy, kind = deletion_policy(resource), holds_data(resource)
    if policy in KEPT:
        return fate._replace(stays=f"its DeletionPolicy is {policy}")
    if policy == "Snapshot" and kind is not None and kind.snapshot:
        return fate._replace(stays="a snapshot of it is taken")
    if fate.type == "AWS::S3::Bucket":
        stays = _objects(clients, fate.physical_id)
        return fate._replace(stays=stays) if stays else fate
    return fate._replace(loses=kind.holds if kind else "")


def _objects(clients: Clients, bucket: str) -> str:
    """Why a bucket cannot go; nothing when it is empty, or gone."""
    from botocore.exceptions import ClientError

    try:
        found = clients("s3").list_object_versions(Bucket=bucket, MaxKeys=1)
    except ClientError as error:
        return "" if error.response["Error"]["Code"] == "NoSuchBucket" else CANNOT_TELL
    except sdk_errors():
        return CANNOT_TELL
    return NOT_EMPTY if found.get("Versions") or found.get("DeleteMarkers") else ""


def _resources(body: Any) -> Mapping[str, Any]:
    """Resources of a stack's template, as far as it can be read."""
    try:
        template = body if isinstance(body, Mapping) else as_data(str(body))
    except ValueError:
        return {}
    resources = template.get("Resources", {}) if isinstance(template, Mapping) else {}
    return resources if isinstance(resources, Mapping) else {}
