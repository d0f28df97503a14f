"""The default security group of a VPC, which EC2 makes open and CloudFormation cannot close: a function does."""

from __future__ import annotations

from typing import Any

import awacs.aws as aws
from troposphere import AWSObject, GetAtt, Ref, Sub, ec2
from troposphere.validators import integer

from tap_templates.components.functions import function
from tap_templates.components.topics import Topic
from tap_templates.policies import EVERYTHING, allow
from tap_templates.runtime import code
from tap_templates.runtime.permissions import DEFAULT_SECURITY_GROUP
from tap_templates.stack import Stack

HANDLER = "default_security_group"
TIMEOUT_SECONDS = 180  # All its tries take less, unless EC2 does not answer; it then says so before its time is up.
# Three runs, which is how often Lambda tries an event, and the minutes between them.
SERVICE_TIMEOUT_SECONDS = 900


class ClosedDefaultGroup(AWSObject):  # type: ignore[misc]  # troposphere's classes are Any to mypy
    """The default security group without rules; ``Ref`` is its id."""

    resource_type = "Custom::DefaultSecurityGroup"
    props: dict[str, Any] = {
        "ServiceToken": (str, True),
        "ServiceTimeout": (integer, False),
        "GroupId": (str, True),
    }


def closed_default_group(stack: Stack, title: str, *, vpc: ec2.VPC, topic: Topic) -> ClosedDefaultGroup:
    """The VPC's default security group, without rules as long as the stack is there.

    ``runtime/default_security_group.py`` says what its function does. It may change that one group; nothing else.

    Source: Security Hub control EC2.2; CIS AWS Foundations 5.5.
    """
    arn = f"arn:${{AWS::Partition}}:ec2:${{AWS::Region}}:${{AWS::AccountId}}:security-group/${{{vpc.title}"
    places = {"any": EVERYTHING, "default": Sub(f"{arn}.DefaultSecurityGroup}}")}
    statements = []
    for kind, place in places.items():
        actions = [aws.Action(*name.split(":")) for name, on in DEFAULT_SECURITY_GROUP.items() if on == kind]
        statements.append(allow(actions, on=place, sid=f"{kind.title()}Group"))
    closer = function(
        stack,
        f"{title}Closer",
        topic=topic,
        source=code(HANDLER),
        description=f"Closes the default security group of {title}",
        says=f"function that closes the default security group of {title}",
        statements=statements,
        timeout_seconds=TIMEOUT_SECONDS,
        concurrency=1,
        keep_failures=False,
    )
    closed = stack.add(
        ClosedDefaultGroup(
            f"{title}DefaultGroup",
            ServiceToken=closer.arn,
            ServiceTimeout=SERVICE_TIMEOUT_SECONDS,
            GroupId=GetAtt(vpc, "DefaultSecurityGroup"),
        )
    )
    group = f"default security group of {title}"
    stack.output(f"{title}DefaultGroupId", GetAtt(vpc, "DefaultSecurityGroup"), f"Id of the {group}")
    stack.output(f"{title}ClosedGroupId", Ref(closed), f"Id of the {group}, since it is closed")
    return closed
