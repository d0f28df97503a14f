"""Partitions and Regions."""

from __future__ import annotations

import pytest

from tap_templates.data import regions


def test_partitions() -> None:
    """The partitions of AWS, sorted."""
    assert regions.partitions() == (
        "aws",
        "aws-cn",
        "aws-eusc",
        "aws-iso",
        "aws-iso-b",
        "aws-iso-e",
        "aws-iso-f",
        "aws-us-gov",
    )


def test_regions_of_a_partition() -> None:
    """China has two, sorted; a partition that is none has none."""
    assert regions.regions("aws-cn") == ("cn-north-1", "cn-northwest-1")
    assert regions.regions("aws-moon") == ()


def test_all_regions() -> None:
    """Without a partition, the Regions of all, sorted."""
    assert {"us-east-1", "us-gov-west-1", "eusc-de-east-1"} <= set(regions.regions())
    assert list(regions.regions()) == sorted(regions.regions())


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("us-east-1", "aws"),
        ("us-gov-east-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-east-9", None),
    ],
)
def test_partition_of(region: str, partition: str | None) -> None:
    """A Region is in one partition; what is no Region is in none."""
    assert regions.partition_of(region) == partition


def test_longest_region() -> None:
    """The worst case for names, of one partition and of all."""
    assert len(regions.longest_region("aws")) == 14
    assert regions.longest_region() == "us-isof-south-1"
    assert regions.longest_region("aws-moon") == ""
