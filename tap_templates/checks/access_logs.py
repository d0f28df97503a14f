"""Where access logs of buckets go, and which buckets of a template receive those of others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tap_templates.checks.values import as_text
from tap_templates.checks.view import Found, Resource, View

BUCKET = "AWS::S3::Bucket"
DESTINATION = "LoggingConfiguration.DestinationBucketName"


class AccessLog(NamedTuple):
    """One destination that a bucket can have; ``target`` is its logical id, where it stands in the template."""

    bucket: Resource
    found: Found
    target: str | None


def access_logs(view: View) -> Iterator[AccessLog]:
    """Each destination of each bucket; one whose ``found`` is missing where there is none."""
    named = {
        as_text(name.value): bucket.logical_id
        for bucket in view.of(BUCKET)
        for name in bucket.get("BucketName")
        if not name.is_missing
    }
    for bucket in view.of(BUCKET):
        for found in bucket.get(DESTINATION):
            referred = view.referred(found.value)
            target = referred.logical_id if referred else named.get(as_text(found.value))
            yield AccessLog(bucket, found, None if found.is_missing else target)


def receiving(logs: list[AccessLog]) -> frozenset[str]:
    """Logical ids of the buckets that receive the logs of another."""
    return frozenset(log.target for log in logs if log.target and log.target != log.bucket.logical_id)
