"""Network ACLs: judged as EC2 judges packets, with the way back of each connection."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.network_samples import a_network, fixed, of_type, resolved
from support.resolved_template import Resolved

from tap_templates.errors import PropertyError

INTERNET = "198.51.100.7"
EPHEMERAL = [1024, 3388, 3390, 32768, 49152, 60999, 65535]
WEB = fixed(requirements={"open_ingress_ports": [443, 80]})


class Acls:
    """The ACLs of a network, as they treat TCP packets."""

    def __init__(self, seen: Resolved) -> None:
        self.subnets = {title: ip_network(each["CidrBlock"]) for title, each in of_type(seen, "EC2::Subnet").items()}
        joined = of_type(seen, "EC2::SubnetNetworkAclAssociation").values()
        self.acl_of = {each["SubnetId"]: each["NetworkAclId"] for each in joined}
        self.entries = list(of_type(seen, "EC2::NetworkAclEntry").values())

    def host(self, subnet: str) -> str:
        """An address in a subnet."""
        return str(self.subnets[subnet][9])

    def connects(self, source: str, target: str, port: int, ephemeral: int = 50_000) -> bool:
        """Whether a connection comes about: there, and back."""
        return self._passes(source, target, port) and self._passes(target, source, ephemeral)

    def _passes(self, source: str, target: str, port: int) -> bool:
        leaves, enters = self._subnet(source), self._subnet(target)
        if leaves == enters:
            return True  # ACLs stand between subnets.
        return (leaves is None or self._allows(leaves, True, target, port)) and (
            enters is None or self._allows(enters, False, source, port)
        )

    def _subnet(self, address: str) -> str | None:
        return next((title for title, block in self.subnets.items() if ip_address(address) in block), None)

    def _allows(self, subnet: str, egress: bool, other: str, port: int) -> bool:
        rules = [e for e in self.entries if e["NetworkAclId"] == self.acl_of[subnet] and e["Egress"] == egress]
        for rule in sorted(rules, key=lambda rule: rule["RuleNumber"]):
            ports = rule.get("PortRange", {"From": 0, "To": 65535})
            fits = rule["Protocol"] == -1 or ports["From"] <= port <= ports["To"]
            if fits and ip_address(other) in ip_network(rule["CidrBlock"]):
                return bool(rule["RuleAction"] == "allow")
        return False


def acls(settings: Any = WEB, **given: Any) -> Acls:
    """The ACLs of a network."""
    return Acls(resolved(a_network(settings, acls=True, **{"zones": 2, **given})))


def test_without_them_the_vpcs_own_one_stays() -> None:
    """It lets everything through."""
    assert of_type(resolved(a_network()), "EC2::NetworkAcl") == {}


def test_every_subnet_has_that_of_its_tier() -> None:
    """None is left to the default."""
    assert acls().acl_of == {
        f"Network{t}{z}": f"Network{t}Acl" for t in ("Public", "Private", "Isolated") for z in (1, 2)
    }


@pytest.mark.parametrize(
    ("source", "target", "port", "expected"),
    [
        ("Public1", "Private2", 8080, True),
        ("Private1", "Isolated2", 5432, True),
        ("Private1", "Private2", 9092, True),
        ("Isolated1", "Isolated2", 5432, True),
        ("Private1", "Public2", 3128, True),
        ("Public1", "Isolated1", 5432, False),
        ("Isolated1", "Public1", 443, False),
    ],
)
def test_tiers_that_touch_talk(source: str, target: str, port: int, expected: bool) -> None:
    """On any port, in both directions; public and isolated ones do not touch."""
    judge = acls()

    assert judge.connects(judge.host(f"Network{source}"), judge.host(f"Network{target}"), port) is expected


def test_public_and_isolated_touch_where_nothing_is_between_them() -> None:
    """A network without a private tier."""
    judge = acls(tiers=("public", "isolated"))

    assert judge.connects(judge.host("NetworkPublic1"), judge.host("NetworkIsolated2"), 5432)


@pytest.mark.parametrize("ephemeral", EPHEMERAL)
@pytest.mark.parametrize("port", [443, 80])
def test_listed_ports_are_reached_from_everywhere(port: int, ephemeral: int) -> None:
    """Whatever port the browser waits on."""
    judge = acls()

    assert judge.connects(INTERNET, judge.host("NetworkPublic1"), port, ephemeral)


@pytest.mark.parametrize("port", [22, 25, 3389, 1023])
def test_other_ports_are_not_reached_from_everywhere(port: int) -> None:
    """Least of all those of administration; those above are left to security groups: answers come in there."""
    judge = acls()

    assert not judge.connects(INTERNET, judge.host("NetworkPublic1"), port)
    assert not judge.connects(INTERNET, judge.host("NetworkPrivate1"), port)
    assert not judge.connects(INTERNET, judge.host("NetworkIsolated1"), port)


@pytest.mark.parametrize("ephemeral", EPHEMERAL)
@pytest.mark.parametrize("source", ["Public1", "Private1", "Private2"])
def test_https_leaves_and_its_answers_come_back(source: str, ephemeral: int) -> None:
    """From public subnets, where NAT gateways are, and from private ones, through them."""
    judge = acls()

    assert judge.connects(judge.host(f"Network{source}"), INTERNET, 443, ephemeral)


def test_nothing_but_https_leaves() -> None:
    """From private subnets."""
    judge = acls()

    assert not judge.connects(judge.host("NetworkPrivate1"), INTERNET, 25)
    assert not judge.connects(judge.host("NetworkPrivate1"), INTERNET, 8443)


@pytest.mark.parametrize(
    ("given", "private", "isolated"),
    [
        ({}, True, True),
        ({"endpoints": ()}, True, False),
        ({"endpoints": (), "tiers": ("private", "isolated")}, False, False),
        ({"tiers": ("private", "isolated")}, True, True),
        ({"endpoints": ("sqs",)}, True, False),
    ],
)
def test_tiers_without_a_way_out_have_no_rule_for_it(given: dict[str, Any], private: bool, isolated: bool) -> None:
    """S3 and DynamoDB are reached at public addresses, through their gateway endpoints."""
    judge = acls(**given)

    assert judge.connects(judge.host("NetworkPrivate1"), INTERNET, 443) is private
    assert judge.connects(judge.host("NetworkIsolated1"), INTERNET, 443) is isolated


def test_blocks_that_are_asked_for_have_the_same_rules() -> None:
    """With parts of the VPC's block in them."""
    answered = Acls(resolved(a_network(WEB, acls=True, cidr=None), {"NetworkCidr": "10.7.0.0/16"}))

    assert answered.connects(answered.host("NetworkPublic1"), answered.host("NetworkPrivate2"), 8080)
    assert not answered.connects(answered.host("NetworkPublic1"), answered.host("NetworkIsolated2"), 8080)


@given(
    st.sampled_from([16, 22, 24, 25]),
    st.lists(st.sampled_from(["public", "private", "isolated"]), min_size=1, max_size=3, unique=True),
    st.integers(1, 2),
    st.booleans(),
)
def test_what_leaves_a_tier_that_touches_comes_back(prefix: int, tiers: list[str], zones: int, asks: bool) -> None:
    """For every plan: any port one way, any ephemeral port the other way."""
    block = f"10.0.0.0/{prefix}"
    given_block = {"cidr": None, "prefix_length": prefix} if asks else {"cidr": block}
    made = a_network(WEB, acls=True, tiers=tiers, zones=zones, **given_block)
    judge = Acls(resolved(made, {"NetworkCidr": block}))
    apart = {"NetworkPublic", "NetworkIsolated"} if "private" in tiers else set()

    for source in judge.subnets:
        for target in judge.subnets:
            expected = {source[:-1], target[:-1]} != apart
            for port in (1, 443, 65535):
                assert judge.connects(judge.host(source), judge.host(target), port, 1024) is expected


def test_rule_numbers_differ_and_stay() -> None:
    """A port that is listed later does not renumber the others: a rule that is renumbered clashes with itself."""
    few = of_type(resolved(a_network(WEB, acls=True)), "EC2::NetworkAclEntry")
    more = fixed(requirements={"open_ingress_ports": [443, 80, 30080, 8443]})
    many = of_type(resolved(a_network(more, acls=True)), "EC2::NetworkAclEntry")

    assert all(many[title]["RuleNumber"] == entry["RuleNumber"] for title, entry in few.items())
    places = [(each["NetworkAclId"], each["Egress"], each["RuleNumber"]) for each in many.values()]
    assert len(places) == len(set(places))
    assert all(1 <= number <= 32766 for *_, number in places)


def test_more_rules_than_an_acl_takes_are_refused() -> None:
    """Twenty in a direction."""
    settings = fixed(requirements={"open_ingress_ports": list(range(8000, 8020))})

    with pytest.raises(PropertyError, match=r"NetworkPublicAcl.entries: found '25 rules'; list fewer ports"):
        a_network(settings, acls=True)


def test_remote_desktop_is_left_out_of_the_way_back() -> None:
    """No ACL lets everyone in on 22 or 3389."""
    for entry in of_type(resolved(a_network(WEB, acls=True)), "EC2::NetworkAclEntry").values():
        if not entry["Egress"] and entry["CidrBlock"] == "0.0.0.0/0":
            ports = entry["PortRange"]
            assert not any(ports["From"] <= port <= ports["To"] for port in (22, 3389))
