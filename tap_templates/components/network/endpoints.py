"""Endpoints: ways to AWS's services that do not lead over the internet, for this account and its resources alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import awacs.aws as aws
from troposphere import AWSHelperFn, Equals, If, Ref, Sub, ec2

from tap_templates.components.network.security_groups import SecurityGroup
from tap_templates.data.endpoint_services import EndpointService, endpoint_services, of_amazon
from tap_templates.errors import PropertyError, did_you_mean
from tap_templates.naming import logical_id
from tap_templates.policies import EVERYTHING, allow, anyone, document
from tap_templates.stack import Stack

OUR_PRINCIPAL = "aws:PrincipalAccount"
OUR_RESOURCE = "aws:ResourceAccount"
Further = Mapping[str, Sequence[aws.Statement]]


def chosen(where: str, names: Sequence[str], further: Further) -> list[EndpointService]:
    """The services of these names.

    Raises:
        PropertyError: A name that is not known, or comes twice, or has statements and no endpoint.
    """
    known = endpoint_services()
    for name in names:
        if name not in known:
            remedy = f"use one of {', '.join(known)}{did_you_mean(name, known)}, or add it to endpoint_services.json"
            raise PropertyError(where, "endpoints", found=name, remedy=remedy)
        if list(names).count(name) > 1:
            raise PropertyError(where, "endpoints", found=f"{name} twice", remedy="name each service once")
    for name in further:
        if name not in names or not known[name].policy:
            remedy = f"name an endpoint of this network that has a policy{did_you_mean(name, names)}"
            raise PropertyError(where, "endpoint_statements", found=name, remedy=remedy)
    return [known[name] for name in names]


def gateway_endpoint(
    stack: Stack,
    title: str,
    service: EndpointService,
    *,
    vpc: ec2.VPC,
    tables: Sequence[ec2.RouteTable],
    policy: aws.PolicyDocument,
) -> None:
    """Gateway endpoint, which costs nothing: the service's addresses in each route table lead to it.

    Source: AWS PrivateLink guide, "Gateway endpoints"; Security Hub control EC2.10.
    """
    stack.add(
        ec2.VPCEndpoint(
            endpoint_title(title, service.name),
            VpcId=Ref(vpc),
            VpcEndpointType="Gateway",
            ServiceName=_service_name(stack, service),
            RouteTableIds=[Ref(table) for table in tables],
            PolicyDocument=policy,
        ),
        says=f"gateway endpoint of {service.says}",
    )


def interface_endpoint(
    stack: Stack,
    title: str,
    service: EndpointService,
    *,
    vpc: ec2.VPC,
    subnets: Sequence[ec2.Subnet],
    group: SecurityGroup,
    policy: aws.PolicyDocument,
) -> None:
    """Interface endpoint in each zone; the service's usual name leads to it.

    Source: AWS PrivateLink guide, "Access AWS services through AWS PrivateLink"; Security Hub controls EC2.55 to .60.
    """
    stack.add(
        ec2.VPCEndpoint(
            endpoint_title(title, service.name),
            VpcId=Ref(vpc),
            VpcEndpointType="Interface",
            ServiceName=_service_name(stack, service),
            SubnetIds=[Ref(subnet) for subnet in subnets],
            SecurityGroupIds=[group.id],
            PrivateDnsEnabled=True,
            **({"PolicyDocument": policy} if service.policy else {}),
        ),
        says=f"interface endpoint of {service.says}",
    )


def endpoint_policy(
    service: EndpointService, names: Sequence[str], further: Sequence[aws.Statement] = ()
) -> aws.PolicyDocument:
    """What goes through an endpoint: this account's principals, to this account's resources, and what must be besides.

    It grants nothing: what identities may do stands in their own policies. Requests that say nothing of a resource's
    account pass. Calls without credentials of the account do not, such as AssumeRoleWithWebIdentity; ``further`` lets
    them through.

    Args:
        names: All endpoints of the network; what of Amazon's own is needed depends on them.

    Source: AWS PrivateLink guide, "Control access to VPC endpoints using endpoint policies": the principal of a
    gateway's is ``*``; IAM user guide, aws:ResourceAccount.
    """
    ours = aws.StringEquals(OUR_PRINCIPAL, Ref("AWS::AccountId"))
    own = aws.Statement(
        Sid="OwnAccount",
        Effect=aws.Allow,
        Principal=anyone(),
        Action=[aws.Action(service.actions, "*")],
        Resource=[EVERYTHING],
        Condition=aws.Condition([ours, aws.StringEqualsIfExists(OUR_RESOURCE, Ref("AWS::AccountId"))]),
    )
    needed = [_of_amazon(row) for row in of_amazon() if row.endpoint == service.name and row.beside in names]
    return document(own, needed, further)


def _of_amazon(row: Any) -> aws.Statement:
    tests: dict[str, Any] = {**row.when, **({OUR_PRINCIPAL: Ref("AWS::AccountId")} if row.ours else {})}
    return allow(
        [aws.Action(*action.split(":")) for action in row.actions],
        on=[Sub(arn) for arn in row.resources],
        to=anyone(),
        when=aws.StringEquals(tests) if tests else None,
        sid=row.sid,
    )


def endpoint_title(title: str, service: str) -> str:
    """Logical id of the endpoint of a service: ``NetworkEcrApiEndpoint``."""
    return f"{title}{logical_id(service.replace('.', '-'))}Endpoint"


def _service_name(stack: Stack, service: EndpointService) -> AWSHelperFn:
    """The service's full name, which begins otherwise in some partitions."""
    name: AWSHelperFn = Sub(service.full_name())
    for partition in service.prefixes:
        inside = Equals(Ref("AWS::Partition"), partition)
        name = If(stack.condition(f"In{logical_id(partition)}", inside), Sub(service.full_name(partition)), name)
    return name
