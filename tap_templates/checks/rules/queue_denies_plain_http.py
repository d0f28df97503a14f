"""E9211: every queue refuses requests without TLS."""

from __future__ import annotations

from typing import Any

from tap_templates.checks.denials import DenialRule, is_plain_http
from tap_templates.checks.resource_policies import QUEUE, Comparison
from tap_templates.checks.rule import Example


def _guarded(secure: str) -> dict[str, Any]:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": {"Fn::GetAtt": ["Work", "Arn"]},
        "Condition": {"Bool": {"aws:SecureTransport": secure}},
    }
    policy = {"Queues": [{"Ref": "Work"}], "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    return {
        "Resources": {
            "Work": {"Type": "AWS::SQS::Queue"},
            "WorkPolicy": {"Type": "AWS::SQS::QueuePolicy", "Properties": policy},
        }
    }


class QueueDeniesPlainHttp(DenialRule):
    """A policy of the queue denies everything to everyone without TLS."""

    id = "E9211"
    shortdesc = "A queue denies plain HTTP"
    description = "The queue's policy denies sqs:* to everyone when aws:SecureTransport is false."
    why = "SQS answers over plain HTTP as well; messages that are sent or received there can be seen on the way."
    fix = "deny sqs:* to everyone on the queue when aws:SecureTransport is false"
    source_url = (
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html"
    )
    kind = QUEUE
    actions = ("sqs:*", "*")
    example = Example(failing=_guarded("true"), passing=_guarded("false"))

    def meets(self, test: Comparison) -> bool:
        """Whether a comparison is true of every request without TLS."""
        return is_plain_http(test)
