"""E9204: every bucket logs who accesses it."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.rule import FAILS, HOLDS, Example, Rule, Verdict, verdict
from tap_templates.checks.values import as_text, is_dynamic, is_given
from tap_templates.checks.view import Found, Resource, View

DESTINATION = "LoggingConfiguration.DestinationBucketName"


class BucketLogsAccess(Rule):
    """LoggingConfiguration names another bucket. What receives the logs of another bucket is not judged."""

    id = "E9204"
    shortdesc = "A bucket logs access"
    description = "LoggingConfiguration.DestinationBucketName of each bucket names another bucket."
    why = "After an incident the access log tells what was read; nothing else does for every request."
    fix = "set LoggingConfiguration.DestinationBucketName to a bucket for access logs"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html"
    example = Example(
        failing={"Resources": {"Documents": {"Type": "AWS::S3::Bucket"}}},
        passing={
            "Resources": {
                "AccessLogs": {"Type": "AWS::S3::Bucket"},
                "Documents": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {"LoggingConfiguration": {"DestinationBucketName": {"Ref": "AccessLogs"}}},
                },
            }
        },
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """The destination of each bucket that is no destination itself."""
        buckets = list(view.of("AWS::S3::Bucket"))
        named = {
            as_text(name.value): bucket.logical_id
            for bucket in buckets
            for name in bucket.get("BucketName")
            if not name.is_missing
        }
        destinations = {
            bucket.logical_id: [(found, _target(view, named, found)) for found in bucket.get(DESTINATION)]
            for bucket in buckets
        }
        receiving = {
            target for source, found in destinations.items() for _, target in found if target not in (None, source)
        }
        for bucket in buckets:
            if bucket.logical_id not in receiving:
                yield from (self._verdict(bucket, found, target) for found, target in destinations[bucket.logical_id])

    def _verdict(self, bucket: Resource, found: Found, target: str | None) -> Verdict:
        if target == bucket.logical_id:
            return Verdict(FAILS, found.path, found.value, f"{self.fix}: a log of its own log never ends")
        if target is not None:
            return Verdict(HOLDS, found.path, found.value)
        return verdict(found, None if is_dynamic(found.value) else is_given(bucket.view, found.value), self.fix)


def _target(view: View, named: dict[str, str], found: Found) -> str | None:
    """Logical id of the bucket that a destination is, where it stands in the template."""
    referred = view.referred(found.value)
    return referred.logical_id if referred else named.get(as_text(found.value))
