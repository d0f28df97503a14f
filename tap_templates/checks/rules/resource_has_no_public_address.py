"""E9305: nothing has an address on the internet, where public access is denied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.databases import INSTANCE
from tap_templates.checks.rule import Example, Rule, Verdict, verdict
from tap_templates.checks.values import is_dynamic
from tap_templates.checks.view import Found, View
from tap_templates.data.public_addresses import PublicAddress, public_addresses
from tap_templates.requirements import DENIED

BY_DEFAULT = {"private": True, "public": False, "unknown": None}


def _database(public: bool) -> dict[str, Any]:
    size = {"Engine": "postgres", "DBInstanceClass": "db.t4g.medium", "AllocatedStorage": "20"}
    login = {"ManageMasterUserPassword": True, "MasterUsername": "owner"}
    properties = {**size, **login, "PubliclyAccessible": public}
    return {"Resources": {"Orders": {"Type": INSTANCE, "Properties": properties}}}


class ResourceHasNoPublicAddress(Rule):
    """Subnets, launch templates, instances, tasks, databases, brokers, by the property that gives them one.

    Load balancers and NAT gateways are the ways in and out of a network, and are not judged.
    """

    id = "E9305"
    shortdesc = "A resource has no public address"
    description = "No subnet, instance, task, database or broker is given a public address where it is denied."
    why = "What has no address on the internet cannot be reached from there, whatever a security group says one day."
    fix = "turn its public address off"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html"
    demands = ("public_access",)
    example = Example(failing=_database(True), passing=_database(False))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each value of each such property, and AWS's default where it is missing."""
        if self.demand("public_access") != DENIED:
            return
        for address in public_addresses():
            for resource in view.of(address.type):
                for found in resource.get(address.property):
                    if not found.is_missing:
                        yield verdict(found, _is_private(address, found), self._remedy(address))
                    elif address.default in BY_DEFAULT:
                        yield verdict(found, BY_DEFAULT[address.default], self._remedy(address))

    @staticmethod
    def _remedy(address: PublicAddress) -> str:
        name = address.property.rpartition(".")[2]
        private = ", ".join(str(value).lower() if value is False else str(value) for value in address.private)
        what = f"set {name} to {private}" if private else f"leave {name} out"
        return f"{what} (requirement public_access: {DENIED})"


def _is_private(address: PublicAddress, found: Found) -> bool | None:
    if not address.private:
        return False
    if found.is_unknown or is_dynamic(found.value):
        return None
    return str(found.value).lower() in [str(value).lower() for value in address.private]
