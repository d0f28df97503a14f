"""E9104: every topic is encrypted at rest."""

from __future__ import annotations

from tap_templates.checks.keys import CustomerKeyRule
from tap_templates.checks.rule import Example


class TopicIsEncrypted(CustomerKeyRule):
    """SNS encrypts nothing unless a key is named: AWS's own, or one of the customer's where that is required."""

    id = "E9104"
    shortdesc = "A topic is encrypted"
    description = (
        "KmsMasterKeyId of each topic names a key; a customer managed one where customer_managed_keys lists topics."
    )
    why = "SNS stores messages until they are delivered, and does not encrypt them by itself."
    fix = "set KmsMasterKeyId"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html"
    service = "topics"
    keys = {"AWS::SNS::Topic": "KmsMasterKeyId"}
    encrypted_anyway = False
    example = Example(
        failing={"Resources": {"Alarms": {"Type": "AWS::SNS::Topic"}}},
        passing={
            "Resources": {"Alarms": {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": "alias/alarms"}}}
        },
    )
