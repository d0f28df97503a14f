"""A function inside a network: where its interfaces are, and what its role must be allowed so that Lambda makes them.

Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC"; the actions are those of
AWS's managed policy AWSLambdaVPCAccessExecutionRole, version 3, narrowed to what knows a resource.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import awacs.aws as aws
import awacs.ec2 as ec2_actions
from troposphere import AWSHelperFn, AWSObject, GetAtt, Ref, Sub, awslambda, ec2

from tap_templates.errors import PropertyError
from tap_templates.naming import role_of
from tap_templates.policies import EVERYTHING, allow, deny
from tap_templates.stack import Stack

MAKING = [ec2_actions.CreateNetworkInterface]
LOOKING = [ec2_actions.DescribeNetworkInterfaces, ec2_actions.DescribeSubnets]
# Of interfaces that Lambda has made; their ids are not known before.
KEEPING = [
    ec2_actions.AssignPrivateIpAddresses,
    ec2_actions.DeleteNetworkInterface,
    ec2_actions.UnassignPrivateIpAddresses,
]
# Lambda API reference, VpcConfig: at most so many, and how their ids are written.
MOST = {"SubnetIds": 16, "SecurityGroupIds": 5}
IDS = {"SubnetIds": "subnet", "SecurityGroupIds": "sg"}
KINDS = {"SubnetIds": "subnet", "SecurityGroupIds": "security-group"}
HERE = "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}"


class HasSubnets(Protocol):
    """A tier of a network."""

    @property
    def subnets(self) -> Sequence[Any]:
        """Ids of its subnets."""


Subnets: TypeAlias = "HasSubnets | Sequence[Any] | AWSHelperFn"
SecurityGroups: TypeAlias = "Sequence[Any] | AWSHelperFn"


def placed(title: str, subnets: Subnets | None, security_groups: SecurityGroups) -> awslambda.VPCConfig:
    """Where a function's interfaces are.

    Raises:
        PropertyError: Subnets without groups, or the other way round; more than Lambda takes; what is no id.
    """
    given = {"SubnetIds": getattr(subnets, "subnets", subnets), "SecurityGroupIds": security_groups}
    return awslambda.VPCConfig(**{name: _ids(title, name, value) for name, value in given.items()})


def interfaces(stack: Stack, title: str, place: awslambda.VPCConfig) -> list[aws.Statement]:
    """What Lambda does with the function's role, and the code of the function must not.

    Interfaces are made in the function's subnets with its groups; Lambda wants to delete any of the account's.
    """
    where = [Sub(f"{HERE}:network-interface/*"), *_arns(place, "SubnetIds"), *_arns(place, "SecurityGroupIds")]
    own = f"arn:${{AWS::Partition}}:lambda:${{AWS::Region}}:${{AWS::AccountId}}:function:{{prefix}}-{role_of(title)}-"
    by_code = aws.ArnLike("lambda:SourceFunctionArn", stack.convention.sub(f"{own}{{suffix}}"))
    return [
        allow(MAKING, on=where, sid="MakeInterfaces"),
        allow(LOOKING, on=EVERYTHING, sid="FindInterfaces"),
        allow(KEEPING, on=Sub(f"{HERE}:*/*"), sid="KeepInterfaces"),
        deny([*MAKING, *LOOKING, *KEEPING], when=by_code, sid="DenyInterfacesToCode"),
    ]


def _arns(place: awslambda.VPCConfig, name: str) -> list[AWSHelperFn]:
    ids, kind = getattr(place, name), KINDS[name]
    if not isinstance(ids, list):
        return [Sub(f"{HERE}:{kind}/*")]
    return [
        Sub(f"{HERE}:{kind}/{each}") if isinstance(each, str) else Sub(f"{HERE}:{kind}/${{Id}}", Id=each)
        for each in ids
    ]


def _ids(title: str, name: str, given: Any) -> Any:
    """Ids as the property takes them: one by one, or as a list that is known at upload."""
    path, kind = f"VpcConfig.{name}", KINDS[name].replace("-", " ")
    if isinstance(given, AWSHelperFn):
        return given
    if not given:
        remedy = f"name at least one {kind}: a function in a network has subnets and security groups"
        raise PropertyError(title, path, found=given, remedy=remedy)
    ids = [_id(title, path, IDS[name], each) for each in given]
    if len(ids) > MOST[name]:
        raise PropertyError(title, path, found=len(ids), remedy=f"use at most {MOST[name]} {kind}s")
    return ids


def _id(title: str, path: str, prefix: str, given: Any) -> str | AWSHelperFn:
    own = given if isinstance(given, (str, AWSHelperFn, AWSObject)) else getattr(given, "id", None)
    if isinstance(own, ec2.SecurityGroup):
        return GetAtt(own, "GroupId")
    if isinstance(own, AWSObject):
        return Ref(own)
    if isinstance(own, AWSHelperFn) or (isinstance(own, str) and re.fullmatch(f"{prefix}-[0-9a-f]+", own)):
        return own
    remedy = f"use an id such as {prefix}-0a1b2c3d4e5f60718, a Ref, or a resource of the stack"
    raise PropertyError(title, path, found=given if isinstance(given, str) else type(given).__name__, remedy=remedy)
