"""AWS services that endpoints lead to, and zones of Regions: tables that the network is built from."""

from __future__ import annotations

import pytest

from tap_templates.data import load
from tap_templates.data.actions import exists
from tap_templates.data.availability_zones import zones
from tap_templates.data.endpoint_services import EndpointService, OfAmazon, endpoint_services, of_amazon
from tap_templates.data.regions import partitions, regions

TABLE = load("endpoint_services.json")


def test_only_two_services_have_gateways() -> None:
    """AWS has no others."""
    assert [name for name, service in endpoint_services().items() if service.gateway] == ["dynamodb", "s3"]


@pytest.mark.parametrize("service", endpoint_services().values(), ids=lambda service: service.name)
def test_actions_of_a_service_are_aws_actions(service: EndpointService) -> None:
    """The prefix is one that AWS knows: a policy with another would let nothing through."""
    assert exists(f"{service.actions}:*")
    assert service.says


def test_prefixes_are_of_known_services() -> None:
    """Of a partition that there is."""
    for partition, said in TABLE["partition_prefixes"].items():
        assert partition in partitions()
        assert set(said["services"]) <= set(TABLE["interfaces"])


@pytest.mark.parametrize("row", of_amazon(), ids=lambda row: row.sid)
def test_what_of_amazon_goes_through_is_narrow(row: OfAmazon) -> None:
    """Known endpoints, known actions, resources of no account, and a reason."""
    assert row.endpoint in endpoint_services()
    assert row.beside in endpoint_services()
    assert all(exists(action) and "*" not in action for action in row.actions)
    assert "*" not in row.resources
    assert row.reason


@pytest.mark.parametrize(("region", "expected"), [("us-west-1", 2), ("eu-central-1", 3), (None, 3)])
def test_zones_that_every_account_has(region: str | None, expected: int) -> None:
    """Three, but for the known exceptions, which are Regions."""
    assert zones(region) == expected
    assert set(load("availability_zones.json")["fewer"]) <= set(regions())
