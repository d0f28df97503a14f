"""What the checks find in networks of every form: nothing, in six Regions, with both bindings, in every profile."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from support.clean import REGIONS, findings
from support.network_samples import WEB, a_network, a_stack, asked, fixed, with_everything

from tap_templates.components.network import TIERS, network
from tap_templates.components.storage import access_log_bucket, data_bucket
from tap_templates.settings import Settings

pytestmark = pytest.mark.once

SUBSETS = [chosen for count in (1, 2, 3) for chosen in combinations(TIERS, count)]


@pytest.mark.parametrize(
    ("settings", "given"),
    [(fixed(**WEB), {}), (Settings(**WEB), {"cidr": None}), (Settings(**WEB), {})],  # type: ignore[arg-type]
    ids=["fixed", "asked", "fixed block"],
)
def test_with_everything_in_it(settings: Settings, given: dict[str, Any]) -> None:
    """GovCloud and China among the Regions."""
    assert findings(with_everything(settings, **given).stack, regions=REGIONS) == []


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_in_every_profile(environment: str) -> None:
    """One NAT gateway or three."""
    assert findings(a_network(fixed(environment=environment), zones=3).stack) == []


@pytest.mark.parametrize("algorithm", ["AES256", "aws:kms"])
def test_with_flow_logs_in_a_bucket(algorithm: str) -> None:
    """Whose policy, and whose key, let log delivery in."""
    stack, topic = a_stack(fixed(bucket=algorithm))
    bucket = data_bucket(stack, "FlowLogs", access_logs=access_log_bucket(stack), says="bucket for flow logs")
    network(stack, topic=topic, flow_logs=bucket)

    assert findings(stack) == []


@pytest.mark.slow
@pytest.mark.parametrize("amount", [0, 1, 2, 3])
@pytest.mark.parametrize("tiers", SUBSETS)
def test_whatever_tiers_there_are(tiers: tuple[str, ...], amount: int) -> None:
    """With none to three NAT gateways."""
    made = a_network(fixed(sizes={"nat_gateways": amount}), tiers=tiers, zones=3, acls=True, endpoints=("s3", "sqs"))

    assert findings(made.stack) == []


@pytest.mark.slow
@pytest.mark.parametrize("zones", [1, 2, 3])
def test_however_many_zones_there_are(zones: int) -> None:
    """With the environment asked for."""
    assert findings(a_network(asked(), zones=zones, cidr=None).stack) == []
