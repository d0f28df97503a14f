"""E9204: every bucket logs who accesses it."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.access_logs import AccessLog, access_logs, receiving
from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.values import is_dynamic, is_given
from tap_templates.checks.view import View


class BucketLogsAccess(Rule):
    """LoggingConfiguration names another bucket. What receives the logs of others is not judged."""

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
        """The destinations of each bucket that is no destination itself."""
        destinations = receiving(view)
        yield from (self._verdict(log) for log in access_logs(view) if log.bucket.logical_id not in destinations)

    def _verdict(self, log: AccessLog) -> Verdict:
        if log.target == log.bucket.logical_id:
            return verdict(log.found, False, f"{self.fix}: a log of its own log never ends")
        named = None if is_dynamic(log.found.value) else is_given(log.bucket.view, log.found.value)
        return verdict(log.found, True if log.target else named, self.fix)
