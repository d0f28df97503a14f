"""E9103: a log group has a key of its own where that is required."""

from __future__ import annotations

from tap_templates.checks.keys import CustomerKeyRule
from tap_templates.checks.rule import Example


class LogGroupIsEncryptedAsRequired(CustomerKeyRule):
    """CloudWatch Logs encrypts every log group; a key of the customer's own adds who may read it."""

    id = "E9103"
    shortdesc = "A log group is encrypted as required"
    description = "KmsKeyId of each log group names a customer managed key where customer_managed_keys lists logs."
    why = "Whoever may not use the key cannot read the logs, whatever else they are allowed."
    fix = "set KmsKeyId"
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"
    service = "logs"
    keys = {"AWS::Logs::LogGroup": "KmsKeyId"}
    example_demands = {"customer_managed_keys": ["logs"]}
    example = Example(
        failing={"Resources": {"Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 365}}}},
        passing={
            "Resources": {
                "Log": {
                    "Type": "AWS::Logs::LogGroup",
                    "Properties": {
                        "RetentionInDays": 365,
                        "KmsKeyId": {"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/8a3f"},
                    },
                }
            }
        },
    )
