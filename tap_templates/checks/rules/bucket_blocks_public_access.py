"""E9201: every bucket blocks public access in all four ways."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.values import is_on
from tap_templates.checks.view import View
from tap_templates.requirements import ALLOWED

SETTINGS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


class BucketBlocksPublicAccess(Rule):
    """All four settings of PublicAccessBlockConfiguration; not judged where public access is allowed."""

    id = "E9201"
    shortdesc = "A bucket blocks public access"
    description = (
        "Each of the four settings of PublicAccessBlockConfiguration is true, unless public_access is allowed."
    )
    why = "One ACL or policy written in haste makes data public; the block holds whatever they say."
    fix = "set it to true"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"
    demands = ("public_access",)
    example = Example(
        failing={
            "Resources": {
                "Documents": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "BlockPublicPolicy": False}
                    },
                }
            }
        },
        passing={
            "Resources": {
                "Documents": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {"PublicAccessBlockConfiguration": dict.fromkeys(SETTINGS, True)},
                }
            }
        },
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each of the four settings of each bucket."""
        if self.demand("public_access") == ALLOWED:
            return
        for bucket in view.of("AWS::S3::Bucket"):
            for setting in SETTINGS:
                for found in bucket.get(f"PublicAccessBlockConfiguration.{setting}"):
                    accepted = None if found.is_unknown else is_on(found.value)
                    yield verdict(found, accepted, f"set PublicAccessBlockConfiguration.{setting} to true")
