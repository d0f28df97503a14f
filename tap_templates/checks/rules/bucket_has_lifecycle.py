"""W9206: every bucket has a lifecycle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tap_templates.checks.conditions import settled
from tap_templates.checks.resource_policies import as_list
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.view import Found, View, is_intrinsic

# CloudFormation template reference, AWS::S3::Bucket Rule: what moves or removes objects or their versions.
ENDS = (
    "ExpirationDate",
    "ExpirationInDays",
    "ExpiredObjectDeleteMarker",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionExpirationInDays",
    "NoncurrentVersionTransition",
    "NoncurrentVersionTransitions",
    "Transition",
    "Transitions",
)
ABORTS = ("AbortIncompleteMultipartUpload",)
NARROW = ("ObjectSizeGreaterThan", "ObjectSizeLessThan", "Prefix", "TagFilters")


class BucketHasLifecycle(Rule):
    """Rules that are Enabled expire or move something, and abort unfinished uploads in the whole bucket."""

    id = "W9206"
    shortdesc = "A bucket has a lifecycle"
    description = "Enabled lifecycle rules expire or transition something, and abort incomplete uploads everywhere."
    why = "Replaced versions and the parts of uploads that never ended cost until someone deletes them."
    fix = "add an enabled rule to LifecycleConfiguration"
    source_url = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lifecycle-mgmt.html"
    example = Example(
        failing={
            "Resources": {
                "Documents": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": 400}]}
                    },
                }
            }
        },
        passing={
            "Resources": {
                "Documents": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "LifecycleConfiguration": {
                            "Rules": [
                                {
                                    "Status": "Enabled",
                                    "ExpirationInDays": 400,
                                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                                }
                            ]
                        }
                    },
                }
            }
        },
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Two verdicts for each form of each bucket's rules: what ends, and what is aborted."""
        for bucket in view.of("AWS::S3::Bucket"):
            for found in bucket.get("LifecycleConfiguration.Rules"):
                for rules in settled(view, found):
                    yield _verdict(rules, ENDS, f"{self.fix} that expires or transitions objects or their versions")
                    yield _verdict(rules, ABORTS, f"{self.fix} with AbortIncompleteMultipartUpload for all of it")


def _verdict(rules: Found, does: tuple[str, ...], remedy: str) -> Verdict:
    if rules.is_unknown:
        return Verdict(CANNOT_TELL, rules.path, rules.value, remedy)
    answers = [_answer(rule, does) for rule in as_list(rules.value)]
    result = HOLDS if True in answers else CANNOT_TELL if None in answers else FAILS
    return Verdict(result, rules.path, rules.value, remedy)


def _answer(rule: Any, does: tuple[str, ...]) -> bool | None:
    if is_intrinsic(rule):
        return None
    if not isinstance(rule, Mapping) or not any(rule.get(name) for name in does):
        return False
    if does == ABORTS and any(rule.get(name) for name in NARROW):
        return False
    return None if is_intrinsic(rule.get("Status")) else rule.get("Status") == "Enabled"
