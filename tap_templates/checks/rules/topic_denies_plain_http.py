"""E9210: every topic refuses requests without TLS."""

from __future__ import annotations

from typing import Any

from tap_templates.checks.denials import DenialRule, is_plain_http
from tap_templates.checks.resource_policies import TOPIC, Comparison
from tap_templates.checks.rule import Example


def _guarded(secure: str) -> dict[str, Any]:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sns:Publish",
        "Resource": {"Ref": "Alarms"},
        "Condition": {"Bool": {"aws:SecureTransport": secure}},
    }
    policy = {"Topics": [{"Ref": "Alarms"}], "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    return {
        "Resources": {
            "Alarms": {"Type": "AWS::SNS::Topic"},
            "AlarmsPolicy": {"Type": "AWS::SNS::TopicPolicy", "Properties": policy},
        }
    }


class TopicDeniesPlainHttp(DenialRule):
    """A policy of the topic denies publishing to everyone without TLS."""

    id = "E9210"
    shortdesc = "A topic denies plain HTTP"
    description = "The topic's policy denies sns:Publish to everyone when aws:SecureTransport is false."
    why = "SNS takes messages over plain HTTP as well; what is published there can be seen and changed on the way."
    fix = "deny sns:Publish to everyone on the topic when aws:SecureTransport is false"
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html"
    kind = TOPIC
    actions = ("sns:publish", "sns:*", "*")
    example = Example(failing=_guarded("true"), passing=_guarded("false"))

    def meets(self, test: Comparison) -> bool:
        """Whether a comparison is true of every request without TLS."""
        return is_plain_http(test)
