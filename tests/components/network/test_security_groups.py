"""Security groups: closed by themselves, opened by verbs, each rule described and on both sides."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from support.network_samples import a_network, a_stack, fixed, of_type, resolved
from troposphere import Ref

from tap_templates.components.network import Network, SecurityGroup, network
from tap_templates.data.admin_ports import admin_ports
from tap_templates.errors import PropertyError, StackError, TapTemplatesError

WEB = {"open_ingress_ports": [443, 80]}


def groups(**demanded: Any) -> tuple[Network, SecurityGroup, SecurityGroup]:
    """A network with two groups."""
    made = a_network(fixed(requirements=demanded))
    return made, made.group("App", "application servers"), made.group("Balancer", "load balancer")


def ingress(made: Network) -> Any:
    """Inbound rules."""
    return of_type(resolved(made), "EC2::SecurityGroupIngress")


def egress(made: Network) -> Any:
    """Outbound rules."""
    return of_type(resolved(made), "EC2::SecurityGroupEgress")


def test_group_lets_nothing_in_or_out() -> None:
    """EC2 would let everything out of a group without outbound rules."""
    made, _, _ = groups()

    assert of_type(resolved(made), "EC2::SecurityGroup")["App"] == {
        "GroupName": "payments-prod-app-ab12cd34",
        "GroupDescription": "application servers",
        "VpcId": "Network",
        "SecurityGroupEgress": [
            {"CidrIp": "127.0.0.1/32", "IpProtocol": "-1", "Description": "Nothing goes out by itself"}
        ],
    }
    assert (ingress(made), egress(made)) == ({}, {})


def test_accepting_opens_both_sides() -> None:
    """What one group accepts, the other may send; rules are resources of their own."""
    made, app, balancer = groups()
    app.accepts(balancer, port=8080, says="Requests of the balancer")
    ends = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "Description": "Requests of the balancer"}

    assert ingress(made) == {
        "AppFromBalancerOn8080": {"GroupId": "App.GroupId", "SourceSecurityGroupId": "Balancer.GroupId", **ends}
    }
    assert egress(made) == {
        "BalancerToAppOn8080": {"GroupId": "Balancer.GroupId", "DestinationSecurityGroupId": "App.GroupId", **ends}
    }


def test_groups_may_name_each_other() -> None:
    """Without a circle: no group refers to another one."""
    made, app, balancer = groups()
    app.accepts(balancer, port=8080)
    balancer.accepts(app, port=9090)
    app.accepts(app, port=7000)
    resources = made.stack.to_dict()["Resources"]

    assert "Balancer" not in str(resources["App"]["Properties"]["SecurityGroupEgress"])
    assert set(ingress(made)) == {"AppFromBalancerOn8080", "BalancerFromAppOn9090", "AppFromAppOn7000"}
    assert ingress(made)["BalancerFromAppOn9090"]["Description"] == "App connects to Balancer"


def test_reaching_is_accepting_from_the_other_side() -> None:
    """With HTTPS where no port is said."""
    made, app, balancer = groups()
    balancer.reaches(app, says="Health checks")

    assert ingress(made)["AppFromBalancerOn443"]["Description"] == "Health checks"
    assert egress(made)["BalancerToAppOn443"]["DestinationSecurityGroupId"] == "App.GroupId"


def test_other_protocol_is_another_rule() -> None:
    """The same port of UDP."""
    made, app, balancer = groups()
    app.accepts(balancer, port=53)
    app.accepts(balancer, port=53, protocol="udp")

    assert {title: rule["IpProtocol"] for title, rule in ingress(made).items()} == {
        "AppFromBalancerOn53": "tcp",
        "AppFromBalancerOnUdp53": "udp",
    }


def test_listed_port_can_be_opened_to_everyone() -> None:
    """A port that the requirements list."""
    made, _, balancer = groups(**WEB)
    balancer.accepts_from_anywhere(port=443, says="Browsers")

    assert ingress(made) == {
        "BalancerFromAnywhereOn443": {
            "GroupId": "Balancer.GroupId",
            "CidrIp": "0.0.0.0/0",
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "Description": "Browsers",
        }
    }


@pytest.mark.parametrize(("demanded", "there"), [({}, "none"), (WEB, "443, 80")])
def test_other_ports_cannot_be_opened_to_everyone(demanded: dict[str, Any], there: str) -> None:
    """The remedy names what is listed."""
    _, app, _ = groups(**demanded)

    said = f"App.SecurityGroupIngress: found 8080; list it in requirements.open_ingress_ports (there: {there})"
    with pytest.raises(PropertyError, match=re.escape(said)):
        app.accepts_from_anywhere(port=8080, says="Browsers")


@pytest.mark.parametrize("port", [22, 3389, 3306, 5432])
def test_port_of_administration_is_never_opened_to_everyone(port: int) -> None:
    """Not even where the requirements list it."""
    _, app, _ = groups(open_ingress_ports=[port])

    with pytest.raises(PropertyError, match=f"found {port}; accept {admin_ports()[port]} from a group"):
        app.accepts_from_anywhere(port=port, says="Administrators")


def test_port_of_administration_can_be_accepted_from_a_group() -> None:
    """From a bastion."""
    made, app, bastion = groups()
    app.accepts(bastion, port=22, says="Administrators")

    assert set(ingress(made)) == {"AppFromBalancerOn22"}


def test_everywhere_is_reached_over_https_alone() -> None:
    """And said in so many words."""
    made, app, _ = groups()
    app.reaches_anywhere(says="Payment provider")

    assert egress(made) == {
        "AppToAnywhereOn443": {
            "GroupId": "App.GroupId",
            "CidrIp": "0.0.0.0/0",
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "Description": "Payment provider",
        }
    }


@pytest.mark.parametrize(("listed", "expected"), [("pl-63a5400a", "pl-63a5400a"), (Ref("Network"), "Network")])
def test_prefix_list_is_reached(listed: Any, expected: str) -> None:
    """By its id, written out or from elsewhere in the template."""
    made, app, _ = groups()
    app.reaches_listed(listed, title="S3", says="Objects")

    assert egress(made)["AppToS3On443"]["DestinationPrefixListId"] == expected


def test_no_rule_is_wider_than_was_said() -> None:
    """After every verb: one port, one place, a description."""
    made, app, balancer = groups(**WEB)
    app.accepts(balancer, port=8080)
    app.reaches(balancer, port=9090)
    app.reaches_anywhere(says="Updates")
    app.reaches_listed("pl-63a5400a", title="S3", says="Objects")
    balancer.accepts_from_anywhere(port=443, says="Browsers")

    for rule in [*ingress(made).values(), *egress(made).values()]:
        places = set(rule) - {"GroupId", "IpProtocol", "FromPort", "ToPort", "Description"}
        assert len(places) == 1
        assert rule["FromPort"] == rule["ToPort"]
        assert rule["Description"]


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda app, other: app.accepts(other, port=0), "App.FromPort: found 0; use 1 to 65535"),
        (lambda app, other: app.accepts(other, port=65536), "App.FromPort: found 65536; use 1 to 65535"),
        (lambda app, other: app.accepts(other, port=True), "App.FromPort: found True; use 1 to 65535"),
        (lambda app, other: app.accepts(other, port=80, protocol="icmp"), "App.IpProtocol: found 'icmp'; use tcp or"),
        (lambda app, other: app.accepts(other, port=80, says="it's"), 'App.Description: found "it\'s"; use 1 to 255'),
        (lambda app, other: app.accepts(other, port=80, says="x" * 256), "App.Description: found"),
        (lambda app, other: app.reaches_anywhere(says=" \n"), "App.Description: found ' \\n'; use 1 to 255"),
    ],
)
def test_bad_input_is_refused(act: Callable[[SecurityGroup, SecurityGroup], None], said: str) -> None:
    """With its place, what was found and what to use."""
    _, app, other = groups()

    with pytest.raises(TapTemplatesError, match=re.escape(said)):
        act(app, other)


def test_description_of_a_group_is_checked() -> None:
    """EC2 takes no apostrophe."""
    with pytest.raises(PropertyError, match=r"App.GroupDescription: found .the team's servers"):
        a_network().group("App", "the team's servers")


def test_rule_that_was_said_before_is_refused() -> None:
    """Its logical id is taken."""
    _, app, balancer = groups()
    app.accepts(balancer, port=8080)

    with pytest.raises(StackError, match="AppFromBalancerOn8080: found 'a second resource"):
        app.accepts(balancer, port=8080, says="Once more")


def test_title_that_is_taken_is_refused() -> None:
    """A group like any other resource."""
    made, _, _ = groups()

    with pytest.raises(StackError, match="App: found 'a second resource with this logical id'"):
        made.group("App", "others")


def test_groups_of_other_networks_are_refused() -> None:
    """A rule cannot name a group of another VPC that is not connected."""
    stack, topic = a_stack()
    one, other = (
        network(stack, title, topic=topic, cidr=cidr).group(f"{title}App", "servers")
        for title, cidr in (("Network", "10.0.0.0/16"), ("Other", "10.1.0.0/16"))
    )

    with pytest.raises(StackError, match="NetworkApp: found 'OtherApp of Other'; use a group of Network"):
        one.accepts(other, port=80)
