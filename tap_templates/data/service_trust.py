"""Which services name the account they act for when they assume a role, so that its trust policy can be closed."""

from __future__ import annotations

from typing import NamedTuple

from tap_templates.data import load


class ServiceTrust(NamedTuple):
    """Condition keys that a service gives when it assumes a role; none where ``note`` says why."""

    conditions: tuple[str, ...]
    note: str
    source: str


def service_trust(service: str) -> ServiceTrust | None:
    """What is known of a service principal such as ``lambda.amazonaws.com``; None when it is not in the table."""
    row = load("service_trust.json")["services"].get(service)
    return ServiceTrust(tuple(row["conditions"]), row["note"], row["source"]) if row else None
