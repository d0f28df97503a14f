"""Security groups: nothing comes in or goes out but what is said, and each rule says what it is for.

Rules are resources of their own, so that two groups may name each other without a circle.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, GetAtt, Ref, ec2

from tap_templates.data.admin_ports import admin_ports
from tap_templates.errors import PropertyError, StackError
from tap_templates.stack import Stack

ANYWHERE = "0.0.0.0/0"
NOWHERE = "127.0.0.1/32"
HTTPS = 443
PORTS = range(1, 65_536)
PROTOCOLS = ("tcp", "udp")
# EC2 API reference, IpRange.Description and CreateSecurityGroup.
DESCRIPTION = re.compile(r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")


class SecurityGroup(NamedTuple):
    """A security group, and the verbs that open it; ``network`` is the logical id of its VPC."""

    stack: Stack
    network: str
    resource: ec2.SecurityGroup

    @property
    def title(self) -> str:
        """Logical id of the group."""
        return str(self.resource.title)

    @property
    def id(self) -> AWSHelperFn:
        """Id of the group."""
        return GetAtt(self.resource, "GroupId")

    def accepts(self, other: SecurityGroup, *, port: int, says: str | None = None, protocol: str = "tcp") -> None:
        """Lets whatever is in ``other`` connect to a port: a rule of each group.

        Args:
            says: What for, in the letters that EC2 takes; by default who connects to whom.

        Raises:
            PropertyError: A port, a protocol or a description that EC2 does not take.
            StackError: The groups are in different networks, or this was said before.
        """
        if other.network != self.network:
            remedy = f"use a group of {self.network}"
            raise StackError(self.title, found=f"{other.title} of {other.network}", remedy=remedy)
        says = says or f"{other.title} connects to {self.title}"
        ends = self._ends(port, protocol, says)
        ending = f"On{protocol.title() if protocol != 'tcp' else ''}{port}"
        self.stack.add(
            ec2.SecurityGroupIngress(
                f"{self.title}From{other.title}{ending}",
                GroupId=self.id,
                SourceSecurityGroupId=other.id,
                **ends,
            )
        )
        other._egress(f"To{self.title}{ending}", DestinationSecurityGroupId=self.id, **ends)

    def accepts_from_anywhere(self, *, port: int, says: str) -> None:
        """Lets every address connect to a TCP port that ``open_ingress_ports`` of the requirements lists.

        Raises:
            PropertyError: A port that is not listed, or that no one needs to reach from everywhere.
        """
        service = admin_ports().get(port)
        if service:
            remedy = f"accept {service} from a group, or use Session Manager: no list of ports opens it to everyone"
            raise PropertyError(self.title, "SecurityGroupIngress", found=port, remedy=remedy)
        listed = self.stack.requirements.open_ingress_ports
        if port not in listed:
            there = ", ".join(map(str, listed)) or "none"
            remedy = f"list it in requirements.open_ingress_ports (there: {there}), or accept it from a group"
            raise PropertyError(self.title, "SecurityGroupIngress", found=port, remedy=remedy)
        self.stack.add(
            ec2.SecurityGroupIngress(
                f"{self.title}FromAnywhereOn{port}", GroupId=self.id, CidrIp=ANYWHERE, **self._ends(port, "tcp", says)
            )
        )

    def reaches(self, other: SecurityGroup, *, port: int = HTTPS, says: str | None = None) -> None:
        """Lets the group connect to another one on a TCP port: ``other.accepts`` from this side."""
        other.accepts(self, port=port, says=says)

    def reaches_listed(self, prefix_list: str | AWSHelperFn, *, title: str, says: str, port: int = HTTPS) -> None:
        """Lets the group connect to the addresses of a prefix list, such as Amazon S3's in a Region.

        Args:
            prefix_list: Its id.
            title: What is in it, for the logical id of the rule: ``S3``.
        """
        rule = self._ends(port, "tcp", says)
        self._egress(f"To{title}On{port}", DestinationPrefixListId=prefix_list, **rule)

    def reaches_anywhere(self, *, says: str) -> None:
        """Lets the group connect to every address over HTTPS; no other port can be opened to all of them.

        What uses a gateway endpoint needs this, or ``reaches_listed``: S3 and DynamoDB are called at public addresses.
        In isolated subnets no route leads to any other.
        """
        self._egress(f"ToAnywhereOn{HTTPS}", CidrIp=ANYWHERE, **self._ends(HTTPS, "tcp", says))

    def _egress(self, ending: str, **rule: Any) -> None:
        self.stack.add(ec2.SecurityGroupEgress(f"{self.title}{ending}", GroupId=self.id, **rule))

    def _ends(self, port: int, protocol: str, says: str) -> dict[str, Any]:
        if port not in PORTS or isinstance(port, bool):
            raise PropertyError(self.title, "FromPort", found=port, remedy=f"use {PORTS[0]} to {PORTS[-1]}")
        if protocol not in PROTOCOLS:
            raise PropertyError(self.title, "IpProtocol", found=protocol, remedy=f"use {' or '.join(PROTOCOLS)}")
        _check_description(self.title, "Description", says)
        return {"IpProtocol": protocol, "FromPort": port, "ToPort": port, "Description": says}


def security_group(stack: Stack, title: str, *, vpc: ec2.VPC, description: str) -> SecurityGroup:
    """Group that lets nothing in and nothing out; EC2 would let everything out.

    Args:
        description: What is in it, in the letters that EC2 takes: ``web servers``. A change of it replaces the group.

    Raises:
        PropertyError: A description that EC2 does not take.

    Source: CloudFormation template reference, AWS::EC2::SecurityGroup: an egress rule to 127.0.0.1/32 in the place of
    the one that EC2 adds; Security Hub control EC2.2.
    """
    _check_description(title, "GroupDescription", description)
    group = stack.add(
        ec2.SecurityGroup(
            title,
            GroupName=stack.name(title, ec2.SecurityGroup),
            GroupDescription=description,
            VpcId=Ref(vpc),
            SecurityGroupEgress=[
                ec2.SecurityGroupRule(CidrIp=NOWHERE, IpProtocol="-1", Description="Nothing goes out by itself")
            ],
        ),
        says=f"security group of {description}",
    )
    return SecurityGroup(stack, str(vpc.title), group)


def _check_description(title: str, path: str, text: str) -> None:
    if not DESCRIPTION.fullmatch(text):
        remedy = "use 1 to 255 letters, digits, spaces and . _ - : / ( ) # , @ [ ] + = & ; { } ! $ *"
        raise PropertyError(title, path, found=text, remedy=remedy)
