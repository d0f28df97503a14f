"""E9601: what holds data says what becomes of it when the stack goes."""

from __future__ import annotations

from tap_templates.checks.retention import RetentionRule
from tap_templates.checks.rule import Example


class StatefulResourceHasDeletionPolicy(RetentionRule):
    """DeletionPolicy of what holds data is the one that data_retention demands; queues of dead letters hold none.

    Source: ``data/stateful_types.json``.
    """

    id = "E9601"
    shortdesc = "A stateful resource has a deletion policy"
    description = "DeletionPolicy of each resource that holds data is what requirements.data_retention says."
    why = "Without one, data goes with the stack, or with one line that is removed from the template."
    fix = "set DeletionPolicy"
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html"
    )
    attribute = "DeletionPolicy"
    keeps = ("Retain", "RetainExceptOnCreate")
    example = Example(
        failing={
            "Resources": {
                "Documents": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Delete", "UpdateReplacePolicy": "Retain"}
            }
        },
        passing={
            "Resources": {
                "Documents": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
            }
        },
    )
