"""What the checks find in groups of instances: nothing, in six Regions, with both bindings, in every profile."""

from __future__ import annotations

from typing import Any

import pytest
from support.clean import REGIONS, findings
from support.compute_samples import servers, workers
from support.network_samples import WEB, fixed

from tap_templates.settings import Settings

pytestmark = pytest.mark.once


@pytest.mark.parametrize("settings", [fixed(**WEB), Settings(**WEB), Settings()], ids=["fixed", "asked", "internal"])
def test_behind_a_load_balancer(settings: Settings) -> None:
    """GovCloud and China among the Regions."""
    made = servers(settings, alternatives=["m6g.large"], variables={"MODE": "live"})

    assert findings(made.stack, regions=REGIONS) == []


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_in_every_profile(environment: str) -> None:
    """Stopped outside its hours or not, with nothing in front of it."""
    assert findings(workers(fixed(environment=environment)).stack) == []


@pytest.mark.parametrize("given", [{"instance_type": "m7i.large", "architecture": "x86_64"}, {"minimum": 1}])
def test_with_what_is_given(given: dict[str, Any]) -> None:
    """Another architecture; sizes of its own, and a key of its own for volumes."""
    made = workers(fixed(requirements={"customer_managed_keys": ["logs", "topics", "volumes"]}), **given)

    assert findings(made.stack) == []
