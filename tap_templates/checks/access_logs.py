"""Where access logs of buckets and load balancers go, and which buckets of a template receive those of others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tap_templates.checks.values import as_text
from tap_templates.checks.view import Found, Resource, View

BUCKET = "AWS::S3::Bucket"
DESTINATION = "LoggingConfiguration.DestinationBucketName"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
DELIVERED_TO = "access_logs.s3.bucket"  # ELB API reference, LoadBalancerAttribute.


class AccessLog(NamedTuple):
    """One destination that a bucket can have; ``target`` is its logical id, where it stands in the template."""

    bucket: Resource
    found: Found
    target: str | None


def access_logs(view: View) -> Iterator[AccessLog]:
    """Each destination of each bucket; one whose ``found`` is missing where there is none."""
    named = _by_name(view)
    for bucket in view.of(BUCKET):
        for found in bucket.get(DESTINATION):
            yield AccessLog(bucket, found, None if found.is_missing else _target(view, found, named))


def receiving(view: View) -> frozenset[str]:
    """Logical ids of the buckets that receive the logs of another, or of a load balancer."""
    of_buckets = {log.target for log in access_logs(view) if log.target != log.bucket.logical_id}
    return frozenset(target for target in of_buckets | set(_of_balancers(view)) if target)


def _of_balancers(view: View) -> Iterator[str | None]:
    named = _by_name(view)
    for balancer in view.of(BALANCER):
        for attribute in balancer.get("LoadBalancerAttributes.*"):
            for key in view.walk(attribute.value, ("Key",), attribute.path, attribute.when):
                if key.value == DELIVERED_TO:
                    for value in view.walk(attribute.value, ("Value",), attribute.path, key.when):
                        yield _target(view, value, named)


def _by_name(view: View) -> dict[str | None, str]:
    return {
        as_text(name.value): bucket.logical_id
        for bucket in view.of(BUCKET)
        for name in bucket.get("BucketName")
        if not name.is_missing
    }


def _target(view: View, found: Found, named: dict[str | None, str]) -> str | None:
    referred = view.referred(found.value)
    return referred.logical_id if referred else named.get(as_text(found.value))
