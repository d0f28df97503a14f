"""The ways to more rights speak of actions that there are, and say when they are sound."""

from __future__ import annotations

import pytest

from tap_templates.data.actions import exists
from tap_templates.data.escalations import Escalation, escalations, kinds


@pytest.mark.parametrize("way", escalations(), ids=lambda way: way.name)
def test_way_is_whole(way: Escalation) -> None:
    """Each action is one of AWS's, and its kind is explained."""
    assert all(exists(action) for action in way.actions)
    assert way.kind in kinds()
    assert (way.kind == "pass") == (way.actions[0] == "iam:PassRole")


def test_ways_differ() -> None:
    """No way is listed twice."""
    assert len({way.actions for way in escalations()}) == len({way.name for way in escalations()}) == len(escalations())
