"""Security policies of load balancers: which versions of TLS each takes. Source: ``tls_policies.json``."""

from __future__ import annotations

from tap_templates.data import load


def versions(policy: str) -> tuple[str, ...] | None:
    """Versions that a policy takes, oldest first: ``("1.2", "1.3")``; None when it is not in the table."""
    row = load("tls_policies.json")["policies"].get(policy)
    return None if row is None else tuple(row)


def default() -> str:
    """What a listener gets that CloudFormation makes without naming a policy."""
    return str(load("tls_policies.json")["default"])


def recommended(oldest: str) -> str:
    """The policy to use where nothing older than ``oldest`` may be taken."""
    return str(load("tls_policies.json")["recommended"][oldest])
