"""What an instance may do: be reached through Session Manager, write its log and its metrics, and what it is granted.

AWS's own policy for this, AmazonSSMManagedInstanceCore, also reads every parameter of the account, secrets among them.
"""

from __future__ import annotations

from collections.abc import Sequence

import awacs.aws as aws
import awacs.cloudwatch as metric_actions
import awacs.ssm as ssm_actions
import awacs.ssmmessages as message_actions
from troposphere import Ref, Sub, iam

from tap_templates.components.identity import Role, service_role
from tap_templates.components.logs import LogGroup
from tap_templates.policies import EVERYTHING, allow
from tap_templates.stack import Stack

INSTANCES = "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:instance/*"
METRICS = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:dataset/default"
NAMESPACE = "CWAgent"  # CloudWatch user guide, metrics collected by the agent.
CHANNELS = [
    message_actions.CreateControlChannel,
    message_actions.CreateDataChannel,
    message_actions.OpenControlChannel,
    message_actions.OpenDataChannel,
]


def instance_role(stack: Stack, title: str, *, log: LogGroup, statements: Sequence[aws.Statement]) -> Role:
    """Role of the instances of a group.

    Source: Systems Manager user guide, "Create a custom IAM role for Session Manager"; CloudWatch API reference,
    GetDataset: the one dataset that every account has.
    """
    to_agent = aws.StringEquals("cloudwatch:namespace", NAMESPACE)
    return service_role(
        stack,
        f"{title}Role",
        service="ec2.amazonaws.com",
        statements=[
            allow([ssm_actions.UpdateInstanceInformation], on=Sub(INSTANCES), sid="RegisterForSessions"),
            allow(CHANNELS, on=EVERYTHING, sid="OpenSessions"),
            allow([metric_actions.PutMetricData], on=Sub(METRICS), when=to_agent, sid="SendMetrics"),
            *log.write(),
            *statements,
        ],
        description=f"What the instances of {title} may do",
    )


def instance_profile(stack: Stack, title: str, role: Role) -> iam.InstanceProfile:
    """Profile with which EC2 gives the role to an instance."""
    return stack.add(
        iam.InstanceProfile(
            f"{title}Profile",
            InstanceProfileName=stack.name(f"{title}Profile", iam.InstanceProfile),
            Path=stack.convention.path(),
            Roles=[Ref(role.resource)],
        ),
    )


def sessions(title: str, name: object) -> list[aws.Statement]:
    """Open, resume and end one's own sessions on the instances of a group.

    Source: Systems Manager user guide, "Sample IAM policies for Session Manager"; EC2 Auto Scaling user guide, "Tag
    Auto Scaling groups and instances".
    """
    of_group = aws.StringEquals("aws:ResourceTag/aws:autoscaling:groupName", name)
    shell = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:document/SSM-SessionManagerRunShell"
    own = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:session/${!aws:userid}-*"
    return [
        allow([ssm_actions.StartSession], on=Sub(INSTANCES), when=of_group, sid=f"ConnectTo{title}"),
        allow([ssm_actions.StartSession], on=Sub(shell), sid="UseShellOfSessions"),
        allow([ssm_actions.ResumeSession, ssm_actions.TerminateSession], on=Sub(own), sid="OwnSessions"),
    ]
