"""Tables behind the rules about networks and portability: ports, public addresses, AWS's own accounts."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from tap_templates.data import load
from tap_templates.data.admin_ports import admin_ports, remote_shell_ports
from tap_templates.data.public_addresses import PublicAddress, public_addresses
from tap_templates.data.service_accounts import is_service_account


def test_ports_are_in_order_and_have_a_service() -> None:
    """Those that Security Hub calls high risk are all there, or left out with a reason."""
    high_risk = {20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601}
    left_out = load("admin_ports.json")["left_out"]

    assert list(admin_ports()) == sorted(admin_ports())
    assert all(0 < port < 65_536 and service for port, service in admin_ports().items())
    assert (high_risk | {8080, 8088, 8888, 9200, 9300}) <= {*admin_ports(), *left_out["ports"]}
    assert left_out["reason"]
    assert not set(left_out["ports"]) & set(admin_ports())


def test_shells_are_ssh_and_rdp() -> None:
    """What CIS and Security Hub keep closed in network ACLs."""
    assert remote_shell_ports() == {22: "SSH", 3389: "RDP"}


@pytest.mark.parametrize("address", public_addresses(), ids=lambda address: address.type)
def test_property_with_a_public_address_is_one_of_its_type(address: PublicAddress) -> None:
    """In the schemas that cfn-lint has."""
    schemas: Any = importlib.import_module("cfnlint.schema")
    schema = schemas.PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", address.type).schema
    place: Any = schema
    for word in address.property.split("."):
        while "$ref" in place:
            place = schema["definitions"][place["$ref"].rpartition("/")[2]]
        place = place["items"] if word == "*" else place["properties"][word]

    assert place["type"] in ("boolean", "string")
    assert address.default in load("public_addresses.json")["defaults"]


def test_accounts_of_aws_are_twelve_digits() -> None:
    """One that is not in the table is somebody's."""
    assert all(len(account) == 12 and account.isdigit() for account in load("service_accounts.json")["accounts"])
    assert is_service_account("017000801446")
    assert not is_service_account("123456789012")
