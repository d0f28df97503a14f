"""The address plan: where each subnet lies, that none overlap, and what is said of blocks that do not fit."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, ip_network
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_templates.components.network.addresses import (
    PRIVATE_RANGES,
    TIERS,
    Plan,
    check_tiers,
    given_plan,
    parsed,
    pattern,
    plan,
    vpc_block,
)
from tap_templates.errors import PropertyError

SIXTEEN = ip_network("10.0.0.0/16")
tiers_of = st.lists(st.sampled_from(TIERS), min_size=1, max_size=3, unique=True)
zones_of = st.integers(1, 3)


def placed(made: Plan, network: IPv4Network) -> dict[str, list[str]]:
    """Each tier's subnets, written out."""
    return {tier: [str(block.of(network)) for block in blocks] for tier, blocks in made.subnets.items()}


@st.composite
def networks(draw: st.DrawFn, longest: int = 28) -> IPv4Network:
    """Private blocks that a VPC can have."""
    prefix = draw(st.integers(16, longest))
    around = draw(st.sampled_from([each for each in PRIVATE_RANGES if each.prefixlen <= prefix]))
    place = draw(st.integers(0, (1 << (prefix - around.prefixlen)) - 1))
    return IPv4Network((int(around.network_address) + (place << (32 - prefix)), prefix))


def test_plan_of_a_sixteen() -> None:
    """Written out, as the module's table says."""
    assert placed(plan("Network", 16, TIERS, 3), SIXTEEN) == {
        "public": ["10.0.128.0/20", "10.0.144.0/20", "10.0.160.0/20"],
        "private": ["10.0.0.0/19", "10.0.32.0/19", "10.0.64.0/19"],
        "isolated": ["10.0.192.0/20", "10.0.208.0/20", "10.0.224.0/20"],
    }


def test_smallest_block_with_room() -> None:
    """A /24 has subnets of /27 and /28."""
    assert placed(plan("Network", 24, TIERS, 3), ip_network("192.168.7.0/24")) == {
        "public": ["192.168.7.128/28", "192.168.7.144/28", "192.168.7.160/28"],
        "private": ["192.168.7.0/27", "192.168.7.32/27", "192.168.7.64/27"],
        "isolated": ["192.168.7.192/28", "192.168.7.208/28", "192.168.7.224/28"],
    }


@pytest.mark.parametrize(
    ("prefix", "tiers", "zones", "expected"),
    [
        (25, TIERS, 2, {"public": ["/28 0", "/28 1"], "private": ["/28 2", "/28 3"], "isolated": ["/28 4", "/28 5"]}),
        (26, ("private", "isolated"), 2, {"private": ["/28 0", "/28 1"], "isolated": ["/28 2", "/28 3"]}),
        (25, ("private",), 3, {"private": ["/27 0", "/27 1", "/27 2"]}),
        (28, ("isolated",), 1, {"isolated": ["/28 0"]}),
    ],
)
def test_small_blocks_are_divided_evenly(prefix: int, tiers: Any, zones: int, expected: Any) -> None:
    """Among what is asked for, in its order."""
    made = plan("Network", prefix, tiers, zones)

    assert {tier: [f"/{b.prefix} {b.place}" for b in blocks] for tier, blocks in made.subnets.items()} == expected
    assert made.areas == made.subnets


@given(networks(), tiers_of, zones_of)
def test_no_two_subnets_overlap_and_all_are_inside(network: IPv4Network, tiers: list[str], zones: int) -> None:
    """For every block, choice of tiers and number of zones; or it is said that they do not fit."""
    try:
        made = plan("Network", network.prefixlen, tiers, zones)
    except PropertyError:
        parts = 1 << (28 - network.prefixlen)
        assert network.prefixlen > 24
        assert len(tiers) * zones > parts
        return
    blocks = [block.of(network) for tier in tiers for block in made.subnets[tier]]

    assert len(blocks) == len(tiers) * zones
    assert all(block.subnet_of(network) for block in blocks)
    assert all(16 <= block.prefixlen <= 28 for block in blocks)
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))
    for tier in tiers:
        areas = [area.of(network) for area in made.areas[tier]]
        own = [block.of(network) for block in made.subnets[tier]]
        others = [block.of(network) for other in tiers if other != tier for block in made.subnets[other]]
        assert all(any(block.subnet_of(area) for area in areas) for block in own)
        assert not any(area.overlaps(block) for area in areas for block in others)


@given(networks(longest=24), tiers_of, zones_of, tiers_of, zones_of)
def test_what_is_added_later_moves_nothing(
    network: IPv4Network, tiers: list[str], zones: int, more: list[str], further: int
) -> None:
    """A moved subnet would be replaced, with all that is in it."""
    before = plan("Network", network.prefixlen, tiers, zones).subnets
    after = plan("Network", network.prefixlen, [*tiers, *(set(more) - set(tiers))], max(zones, further)).subnets

    assert all(after[tier][:zones] == blocks for tier, blocks in before.items())


@given(networks(longest=24), zones_of)
def test_private_subnets_are_the_largest(network: IPv4Network, zones: int) -> None:
    """Twice the others."""
    sizes = {
        tier: blocks[0].prefix for tier, blocks in plan("Network", network.prefixlen, TIERS, zones).subnets.items()
    }

    assert sizes["public"] == sizes["isolated"] == sizes["private"] + 1


@given(networks())
def test_pattern_takes_every_block_of_its_size(network: IPv4Network) -> None:
    """And of no other size."""
    assert re.match(pattern(network.prefixlen), str(network))
    assert not re.match(pattern(16 + (network.prefixlen - 15) % 13), str(network))


@given(st.integers(16, 28), st.integers(0, (1 << 32) - 1))
def test_pattern_takes_nothing_else(prefix: int, address: int) -> None:
    """What it takes, is a private network address."""
    text = f"{address >> 24}.{address >> 16 & 255}.{address >> 8 & 255}.{address & 255}/{prefix}"

    if re.match(pattern(prefix), text):
        assert str(vpc_block("Network", text)) == text
    else:
        with pytest.raises(PropertyError):
            vpc_block("Network", text)


@pytest.mark.parametrize("text", ["10.0.0.0/16x", "10.00.0.0/16", "10.0.0.0", "010.0.0.0/16", " 10.0.0.0/16", ""])
def test_pattern_refuses_what_is_nearly_one(text: str) -> None:
    """No spaces, no leading zeros, nothing behind."""
    assert not re.match(pattern(16), text)


@given(networks(longest=26), st.data())
def test_given_blocks_are_divided_among_the_zones(network: IPv4Network, data: st.DataObject) -> None:
    """Each tier's subnets lie in its own block, and do not overlap."""
    zones = data.draw(zones_of)
    parts = list(network.subnets(2))
    if parts[0].prefixlen + (zones - 1).bit_length() > 28:
        return
    chosen = data.draw(st.lists(st.sampled_from(parts), min_size=1, max_size=3, unique=True))
    tiers = {tier: str(part) for tier, part in zip(TIERS, chosen, strict=False)}

    made = given_plan("Network", network, tiers, zones)

    for tier, text in tiers.items():
        blocks = [block.of(network) for block in made.subnets[tier]]
        assert len(blocks) == zones
        assert all(block.subnet_of(ip_network(text)) for block in blocks)
        assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))
        assert [area.of(network) for area in made.areas[tier]] == [ip_network(text)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10.0.0.0/8", "use a block of /16 to /28"),
        ("10.0.0.0/29", "use a block of /16 to /28"),
        ("10.0.0.1/16", "use a network address such as 10.0.0.0/16"),
        ("10.1.2.3/24", "use a network address such as 10.1.2.0/24"),
        ("10.0.0/16", "use a network address such as 10.0.0.0/16"),
        ("10.0.0.0/33", "use a network address such as 10.0.0.0/16"),
        ("vpc", "use a network address such as 10.0.0.0/16"),
        ("fd00::/16", "use an IPv4 block such as 10.0.0.0/16"),
        ("8.8.0.0/16", "use a block inside 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16"),
        ("172.32.0.0/16", "others belong to someone on the internet"),
    ],
)
def test_block_that_is_none_is_refused(text: str, said: str) -> None:
    """With its place, what was found and what to use."""
    with pytest.raises(PropertyError) as caught:
        vpc_block("Network", text)

    assert (caught.value.where, caught.value.found) == ("Network.CidrBlock", text)
    assert said in caught.value.remedy


@pytest.mark.parametrize(
    ("prefix", "tiers", "zones", "said"),
    [
        (26, TIERS, 2, "use /25 or larger: 6 subnets have at least /28 each"),
        (25, TIERS, 3, "use /24 or larger: 9 subnets have at least /28 each"),
        (28, ("public",), 2, "use /27 or larger: 2 subnets have at least /28 each"),
    ],
)
def test_block_that_is_too_small_is_refused(prefix: int, tiers: Any, zones: int, said: str) -> None:
    """With the size that is needed."""
    with pytest.raises(PropertyError, match=re.escape(f"Network.CidrBlock: found '/{prefix}'; {said}")):
        plan("Network", prefix, tiers, zones)


@pytest.mark.parametrize(
    ("tiers", "where", "said"),
    [
        (
            {"public": "10.0.0.0/24", "private": "10.0.0.128/25"},
            "private",
            "does not overlap 10.0.0.0/24 of tier public",
        ),
        ({"public": "10.1.0.0/24"}, "public", "use a block inside 10.0.0.0/16"),
        ({"public": "10.0.0.0/28"}, "public", "use /26 or larger for 3 zones"),
        ({"public": "10.0.0.7/24"}, "public", "use a network address such as 10.0.0.0/24"),
    ],
)
def test_given_blocks_that_do_not_fit_are_refused(tiers: dict[str, str], where: str, said: str) -> None:
    """Overlapping, outside, too small, none."""
    with pytest.raises(PropertyError, match=re.escape(said)) as caught:
        given_plan("Network", SIXTEEN, tiers, 3)

    assert caught.value.where == f"Network.tiers.{where}"


@pytest.mark.parametrize(
    ("tiers", "said"),
    [
        ((), "Network.tiers: found 'none'; name at least one of public, private, isolated"),
        (("privat",), "Network.tiers: found 'privat'; use public, private, isolated (did you mean private?)"),
        (("public", "public"), "Network.tiers: found 'public twice'; name each tier once"),
    ],
)
def test_tiers_that_are_none_are_refused(tiers: Any, said: str) -> None:
    """None, unknown, twice."""
    with pytest.raises(PropertyError, match=re.escape(said)):
        check_tiers("Network", tiers)


def test_block_of_a_tier_has_a_size_of_its_own() -> None:
    """The place of the error is the tier's."""
    with pytest.raises(PropertyError) as caught:
        parsed("Network", "tiers.public", "10.0.0.0/12")

    assert caught.value.path == "tiers.public"
