"""Networks: VPC, subnets, ways to the internet, outputs, and what is asked for at upload."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.network_samples import ANSWERS, a_network, a_stack, asked, fixed, of_type, resolved, rows
from support.resolved_template import Resolved

from tap_templates.components.network import network
from tap_templates.errors import NamingError, PropertyError, StackError
from tap_templates.settings import Settings

NAT_ALARMS = {"ErrorPortAllocation": 1, "PacketsDropCount": 100}


def zones_of_routes(seen: Resolved) -> dict[str, Any]:
    """Where each route table sends what is for the internet; None where nothing is sent."""
    routes = {
        route["RouteTableId"]: route.get("NatGatewayId") or route.get("GatewayId")
        for route in of_type(seen, "EC2::Route").values()
    }
    return {table: routes.get(table) for table in of_type(seen, "EC2::RouteTable")}


def test_vpc() -> None:
    """The VPC, apart from its tags, is exactly this."""
    assert of_type(resolved(a_network()), "EC2::VPC") == {
        "Network": {"CidrBlock": "10.0.0.0/16", "EnableDnsSupport": True, "EnableDnsHostnames": True}
    }


def test_subnets() -> None:
    """One for each tier and zone, where the plan says, and no public addresses by themselves."""
    subnets = of_type(resolved(a_network(zones=3)), "EC2::Subnet")

    assert rows(subnets, "CidrBlock", "AvailabilityZone") == {
        "NetworkPublic1": ("10.0.128.0/20", "eu-central-1a"),
        "NetworkPublic2": ("10.0.144.0/20", "eu-central-1b"),
        "NetworkPublic3": ("10.0.160.0/20", "eu-central-1c"),
        "NetworkPrivate1": ("10.0.0.0/19", "eu-central-1a"),
        "NetworkPrivate2": ("10.0.32.0/19", "eu-central-1b"),
        "NetworkPrivate3": ("10.0.64.0/19", "eu-central-1c"),
        "NetworkIsolated1": ("10.0.192.0/20", "eu-central-1a"),
        "NetworkIsolated2": ("10.0.208.0/20", "eu-central-1b"),
        "NetworkIsolated3": ("10.0.224.0/20", "eu-central-1c"),
    }
    assert set(rows(subnets, "MapPublicIpOnLaunch", "VpcId").values()) == {(False, "Network")}


def test_zones_are_the_regions() -> None:
    """No zone is written down: the Region of the deployment gives them."""
    made = a_network().stack.to_dict()["Resources"]["NetworkPublic2"]["Properties"]

    assert made["AvailabilityZone"] == {"Fn::Select": [1, {"Fn::GetAZs": {"Ref": "AWS::Region"}}]}
    assert (
        of_type(resolved(a_network(), AWS__Region="us-east-1"), "EC2::Subnet")["NetworkPublic2"]["AvailabilityZone"]
        == "us-east-1b"
    )


@pytest.mark.parametrize("prefix", [16, 20, 24, 25])
@pytest.mark.parametrize("address", ["10.0.0.0", "192.168.0.0"])
def test_asked_block_is_divided_as_a_fixed_one(prefix: int, address: str) -> None:
    """The answer of the form gives the same subnets as the same block in the program."""
    block, given = f"{address}/{prefix}", {"zones": 2, "tiers": ("public", "private"), "acls": True}
    answered = resolved(a_network(cidr=None, prefix_length=prefix, **given), {"NetworkCidr": block})
    fixed_block = resolved(a_network(cidr=block, **given))

    for kind in ("EC2::VPC", "EC2::Subnet", "EC2::NetworkAclEntry"):
        assert of_type(answered, kind) == of_type(fixed_block, kind)


def test_asked_block_of_one_subnet() -> None:
    """A /28 is its only subnet."""
    seen = resolved(
        a_network(cidr=None, prefix_length=28, zones=1, tiers=("isolated",)), {"NetworkCidr": "10.9.9.16/28"}
    )

    assert rows(of_type(seen, "EC2::Subnet"), "CidrBlock") == {"NetworkIsolated1": ("10.9.9.16/28",)}


def test_asked_block_in_the_form() -> None:
    """A Parameter with a pattern, a place and a label."""
    made = a_network(fixed(), cidr=None, prefix_length=20).stack.to_dict()
    parameter = made["Parameters"]["NetworkCidr"]
    interface = made["Metadata"]["AWS::CloudFormation::Interface"]

    assert parameter["Default"] == "10.0.0.0/20"
    assert parameter["ConstraintDescription"] == "a private network address of this size, such as 10.0.0.0/20"
    assert re.match(parameter["AllowedPattern"], "172.16.48.0/20")
    assert not re.match(parameter["AllowedPattern"], "172.16.49.0/20")
    assert interface["ParameterGroups"] == [{"Label": {"default": "Network"}, "Parameters": ["NetworkCidr"]}]
    assert interface["ParameterLabels"]["NetworkCidr"] == {"default": "Address block (/20)"}


def test_given_blocks_of_tiers() -> None:
    """Each tier in its own."""
    seen = resolved(a_network(tiers={"private": "10.0.8.0/22", "public": "10.0.0.0/24"}))

    assert rows(of_type(seen, "EC2::Subnet"), "CidrBlock") == {
        "NetworkPublic1": ("10.0.0.0/25",),
        "NetworkPublic2": ("10.0.0.128/25",),
        "NetworkPrivate1": ("10.0.8.0/23",),
        "NetworkPrivate2": ("10.0.10.0/23",),
    }


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, [None, None, None]),
        (1, ["NetworkNat1", "NetworkNat1", "NetworkNat1"]),
        (2, ["NetworkNat1", "NetworkNat2", "NetworkNat1"]),
        (3, ["NetworkNat1", "NetworkNat2", "NetworkNat3"]),
    ],
)
def test_private_subnets_go_through_nat_gateways(amount: int, expected: list[str | None]) -> None:
    """None, one for all zones, or one in each; public ones go straight out, isolated ones nowhere."""
    seen = resolved(a_network(fixed(sizes={"nat_gateways": amount}), zones=3))

    assert zones_of_routes(seen) == {
        "NetworkPublicRoutes": "NetworkGateway",
        "NetworkPrivateRoutes1": expected[0],
        "NetworkPrivateRoutes2": expected[1],
        "NetworkPrivateRoutes3": expected[2],
        "NetworkIsolatedRoutes": None,
    }
    gateways = of_type(seen, "EC2::NatGateway")
    assert rows(gateways, "SubnetId", "AllocationId") == {
        f"NetworkNat{zone}": (f"NetworkPublic{zone}", f"NetworkNat{zone}Address.AllocationId")
        for zone in range(1, amount + 1)
    }
    assert set(of_type(seen, "EC2::EIP")) == {f"{title}Address" for title in gateways}


@pytest.mark.parametrize(("environment", "amount"), [("dev", 1), ("staging", 1), ("prod", 3)])
def test_number_of_nat_gateways_follows_the_answer(environment: str, amount: int) -> None:
    """Where the environment is asked for, conditions make and use as many as its profile says."""
    made = a_network(asked(), zones=3)
    seen = resolved(made, {**ANSWERS, "Environment": environment})
    nats = [f"NetworkNat{zone}" for zone in range(1, amount + 1)]

    assert list(of_type(seen, "EC2::NatGateway")) == nats
    assert list(of_type(seen, "EC2::EIP")) == [f"{nat}Address" for nat in nats]
    assert [zones_of_routes(seen)[f"NetworkPrivateRoutes{zone}"] for zone in (1, 2, 3)] == (nats * 3)[:3]
    alarms = [title for title in of_type(seen, "CloudWatch::Alarm") if title.startswith("NetworkNat")]
    assert len(alarms) == 2 * amount
    assert {key for key in seen.outputs() if key.endswith("AllocationId")} == {f"{nat}AllocationId" for nat in nats}


def test_first_nat_gateway_can_depend_on_the_answer() -> None:
    """Where development has none, its private subnets have no route, and nothing refers to a gateway."""
    conditional = a_network(_profiled(), zones=2)
    for environment, expected in (("dev", None), ("prod", "NetworkNat1")):
        seen = resolved(conditional, {**ANSWERS, "Environment": environment})
        assert zones_of_routes(seen)["NetworkPrivateRoutes1"] == expected
        assert ("NetworkPrivateRoutes1ToInternet" in seen.resources) is (expected is not None)


def _profiled() -> Settings:
    """Settings whose environments differ already in whether they have a NAT gateway."""

    class Differing(Settings):
        def size(self, amount: str) -> dict[str, int]:
            return {"dev": 0, "staging": 1, "prod": 2} if amount == "nat_gateways" else super().size(amount)

    return Differing()


def test_alarms_of_a_nat_gateway() -> None:
    """On connections that it could not make, and on packets that it lost."""
    seen = resolved(a_network(fixed(sizes={"nat_gateways": 1})))
    alarms = {title: each for title, each in of_type(seen, "CloudWatch::Alarm").items() if "Nat1" in title}

    assert rows(alarms, "Namespace", "MetricName", "Threshold", "Dimensions") == {
        f"NetworkNat1{metric}": (
            "AWS/NATGateway",
            metric,
            threshold,
            [{"Name": "NatGatewayId", "Value": "NetworkNat1"}],
        )
        for metric, threshold in NAT_ALARMS.items()
    }


@pytest.mark.parametrize(
    ("tiers", "tables", "gateways"),
    [
        (("public",), {"NetworkPublicRoutes": "NetworkGateway"}, 1),
        (("private",), {"NetworkPrivateRoutes1": None, "NetworkPrivateRoutes2": None}, 0),
        (("isolated",), {"NetworkIsolatedRoutes": None}, 0),
        (("public", "isolated"), {"NetworkPublicRoutes": "NetworkGateway", "NetworkIsolatedRoutes": None}, 1),
        (
            ("isolated", "private"),
            {"NetworkPrivateRoutes1": None, "NetworkPrivateRoutes2": None, "NetworkIsolatedRoutes": None},
            0,
        ),
    ],
)
def test_any_tier_may_be_absent(tiers: Any, tables: dict[str, str | None], gateways: int) -> None:
    """NAT gateways need a public tier to be in and a private one to serve."""
    seen = resolved(a_network(tiers=tiers))

    assert zones_of_routes(seen) == tables
    assert len(of_type(seen, "EC2::InternetGateway")) == gateways
    assert of_type(seen, "EC2::NatGateway") == {}


def test_every_subnet_has_its_route_table() -> None:
    """None is left to the VPC's main one, which the template does not state."""
    seen = resolved(a_network(zones=3))
    joined = rows(of_type(seen, "EC2::SubnetRouteTableAssociation"), "SubnetId", "RouteTableId")

    assert {subnet for subnet, _ in joined.values()} == set(of_type(seen, "EC2::Subnet"))
    assert joined["NetworkPrivate3Routes"] == ("NetworkPrivate3", "NetworkPrivateRoutes3")


def test_what_has_public_addresses_waits_for_the_gateway() -> None:
    """An address, a NAT gateway and a route to the internet need the gateway to be attached."""
    resources = a_network().stack.to_dict()["Resources"]

    for title in ("NetworkNat1", "NetworkNat1Address", "NetworkPublicRoutesToInternet"):
        assert resources[title]["DependsOn"] == ["NetworkGatewayAttachment"]


def test_outputs() -> None:
    """What other stacks and tests need: the VPC, its block, zones, and the subnets by tier."""
    outputs = resolved(a_network()).outputs()

    assert outputs["NetworkId"] == "Network"
    assert outputs["NetworkBlock"] == "10.0.0.0/16"
    assert outputs["NetworkZones"] == "NetworkPublic1.AvailabilityZone,NetworkPublic2.AvailabilityZone"
    assert outputs["NetworkPrivateSubnetIds"] == "NetworkPrivate1,NetworkPrivate2"
    assert outputs["NetworkPublicSubnetIds"] == "NetworkPublic1,NetworkPublic2"
    assert outputs["NetworkNat1AllocationId"] == "NetworkNat1Address.AllocationId"


def test_everything_is_covered_by_an_output() -> None:
    """Or is a part of something that is."""
    stack = a_network(acls=True, endpoints=("s3", "sqs")).stack

    assert {title for title in stack.coverage().exempt if title.startswith("Network")} == {
        title
        for title, resource in stack.to_dict()["Resources"].items()
        if title.startswith("Network")
        and resource["Type"].rpartition("::")[2]
        in (
            "MetricFilter",
            "NetworkAclEntry",
            "QueuePolicy",
            "Route",
            "SubnetNetworkAclAssociation",
            "SubnetRouteTableAssociation",
            "VPCGatewayAttachment",
        )
    }


def test_names_are_in_the_name_tag() -> None:
    """By the convention, for what has no physical name."""
    tags = a_network().stack.to_dict()["Resources"]["NetworkPrivate1"]["Properties"]["Tags"]

    assert {"Key": "Name", "Value": "payments-prod-network-private1"} in tags


def test_handle_gives_subnets_by_tier() -> None:
    """In the order of the zones."""
    made = a_network()

    for tier in ("public", "private", "isolated"):
        of_tier = getattr(made, tier)
        assert of_tier == made.tier(tier)
        assert [subnet.data["Ref"] for subnet in of_tier.subnets] == [f"Network{tier.title()}{zone}" for zone in (1, 2)]
    assert made.vpc.data == {"Ref": "Network"}


@pytest.mark.parametrize("ask", [lambda made: made.public, lambda made: made.tier("public")])
def test_tier_that_is_not_there_is_said(ask: Any) -> None:
    """With those that are."""
    made = a_network(tiers=("private", "isolated"))

    with pytest.raises(PropertyError, match=r"Network.tiers: found 'public'; use private or isolated, or add the tier"):
        ask(made)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"zones": 4}, "Network.zones: found 4; use 1 to 3"),
        ({"zones": 0}, "Network.zones: found 0; use 1 to 3"),
        ({"tiers": ("privat",)}, "did you mean private?"),
        ({"cidr": "10.0.0.0/27"}, "Network.CidrBlock: found '/27'; use /25 or larger: 6 subnets"),
        ({"cidr": "10.0.0.1/16"}, "Network.CidrBlock: found '10.0.0.1/16'; use a network address such as 10.0.0.0/16"),
        ({"cidr": None, "prefix_length": 15}, "Network.prefix_length: found 15; use 16 to 28"),
        ({"cidr": None, "prefix_length": 28}, "Network.CidrBlock: found '/28'; use /25 or larger"),
        ({"cidr": None, "tiers": {"public": "10.0.0.0/24"}}, "give the network's cidr too, or name the tiers alone"),
        ({"endpoints": ("secretmanager",)}, "did you mean secretsmanager?"),
        ({"flow_logs": "bucket"}, "Network.flow_logs: found 'bucket'; use 'logs' or a bucket of the stack"),
    ],
)
def test_bad_input_is_refused(given: dict[str, Any], said: str) -> None:
    """With its place, what was found and what to use."""
    with pytest.raises(PropertyError, match=re.escape(said)):
        a_network(**given)


def test_more_zones_than_an_allowed_region_has() -> None:
    """Some accounts see two zones of us-west-1; where only other Regions are allowed, three are fine."""
    with pytest.raises(PropertyError, match="found '3, where us-west-1 has 2'; use at most 2, or take us-west-1 out"):
        a_network(fixed(requirements={"allowed_regions": ["eu-west-1", "us-west-1"]}), zones=3)

    assert a_network(fixed(requirements={"allowed_regions": ["eu-west-1"]}), zones=3).tiers


def test_second_network_has_another_title() -> None:
    """And the first one's title is taken."""
    stack, topic = a_stack()
    network(stack, "Network", topic=topic)
    network(stack, "Other", topic=topic, cidr="10.1.0.0/16")

    assert set(of_type(Resolved(stack.to_dict()), "EC2::VPC")) == {"Network", "Other"}
    with pytest.raises(StackError, match="found 'a second resource with this logical id'"):
        network(stack, "Network", topic=topic)


def test_title_that_is_too_long_for_a_role_is_said() -> None:
    """The longest name that can come out is judged when it is built."""
    with pytest.raises(NamingError, match="shorten the role"):
        a_network(asked(), title="NetworkOfThePaymentsTeam")
