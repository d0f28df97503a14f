"""E9202: every bucket refuses requests without TLS."""

from __future__ import annotations

from typing import Any

from tap_templates.checks.denials import DenialRule, is_plain_http
from tap_templates.checks.resource_policies import BUCKET, Comparison
from tap_templates.checks.rule import Example


def _guarded(resources: list[str]) -> dict[str, Any]:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [{"Fn::Sub": resource} for resource in resources],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {
        "Resources": {
            "Documents": {"Type": "AWS::S3::Bucket"},
            "DocumentsPolicy": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {
                    "Bucket": {"Ref": "Documents"},
                    "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
                },
            },
        }
    }


class BucketDeniesPlainHttp(DenialRule):
    """A policy of the bucket denies everything to everyone without TLS, on the bucket and on its objects."""

    id = "E9202"
    shortdesc = "A bucket denies plain HTTP"
    description = (
        "The bucket's policy denies s3:* to everyone, on bucket and objects, when aws:SecureTransport is false."
    )
    why = "S3 answers over plain HTTP as well; what is read or signed there can be seen on the way."
    fix = "deny s3:* to everyone on the bucket and its objects when aws:SecureTransport is false"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"
    kind = BUCKET
    actions = ("s3:*", "*")
    example = Example(
        failing=_guarded(["${Documents.Arn}/*"]), passing=_guarded(["${Documents.Arn}", "${Documents.Arn}/*"])
    )

    def meets(self, test: Comparison) -> bool:
        """Whether a comparison is true of every request without TLS."""
        return is_plain_http(test)
