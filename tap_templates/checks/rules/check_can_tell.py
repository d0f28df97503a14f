"""W9000: every rule can tell what it is about."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.rule import UNDECIDED, Example, Rule, Verdict
from tap_templates.checks.view import View


class CheckCanTell(Rule):
    """Where a rule depends on what only AWS knows, it says so under this id; it does not pass."""

    id = UNDECIDED
    shortdesc = "A check can tell"
    description = "A property that a check is about is an intrinsic that the template alone does not resolve."
    why = "What cannot be decided before upload is not known to hold."
    fix = "write the value out, give the Parameter AllowedValues, or take it from a Mapping"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html"
    example = Example(
        failing={
            "Parameters": {"Algorithm": {"Type": "String"}},
            "Resources": {
                "Documents": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "BucketEncryption": {
                            "ServerSideEncryptionConfiguration": [
                                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": {"Ref": "Algorithm"}}}
                            ]
                        }
                    },
                }
            },
        },
        passing={
            "Parameters": {"Algorithm": {"Type": "String", "AllowedValues": ["AES256"]}},
            "Resources": {
                "Documents": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "BucketEncryption": {
                            "ServerSideEncryptionConfiguration": [
                                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": {"Ref": "Algorithm"}}}
                            ]
                        }
                    },
                }
            },
        },
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Nothing by itself: the other rules report under it."""
        return iter(())
