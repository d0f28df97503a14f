"""E9602: what holds data says what becomes of it when CloudFormation replaces it."""

from __future__ import annotations

from tap_templates.checks.retention import RetentionRule
from tap_templates.checks.rule import Example


class StatefulResourceHasUpdateReplacePolicy(RetentionRule):
    """UpdateReplacePolicy of what holds data is the one that data_retention demands; DeletionPolicy does not cover it.

    Source: ``data/stateful_types.json``.
    """

    id = "E9602"
    shortdesc = "A stateful resource has an update-replace policy"
    description = "UpdateReplacePolicy of each resource that holds data is what requirements.data_retention says."
    why = "A changed name replaces the resource; what it held is then deleted, whatever its DeletionPolicy says."
    fix = "set UpdateReplacePolicy"
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html"
    )
    attribute = "UpdateReplacePolicy"
    keeps = ("Retain",)
    example = Example(
        failing={"Resources": {"Documents": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain"}}},
        passing={
            "Resources": {
                "Documents": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
            }
        },
    )
