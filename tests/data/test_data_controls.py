"""The table of controls: what it names exists."""

from __future__ import annotations

import pytest

from tap_templates.checks.rules import every_rule
from tap_templates.data.controls import Control, controls, controls_of, frameworks, versions
from tap_templates.requirements import REQUIREMENT

EVERY = [control for name in frameworks() for version in versions(name) for control in controls(name, version)]


@pytest.mark.parametrize("control", EVERY, ids=lambda control: control.name)
def test_control_names_what_exists(control: Control) -> None:
    """Its checks are rules, its demands are requirements, and it is either proven or outside, with a reason."""
    assert set(control.rules) <= {rule.id for rule in every_rule()}
    assert set(control.demands) <= set(REQUIREMENT)
    assert bool(control.rules) != bool(control.outside)
    assert control.title


def test_controls_of_a_rule() -> None:
    """A rule knows the controls that it proves."""
    assert [control.name for control in controls_of("E9102")] == ["cis-aws 3.5"]
    assert controls_of("E0000") == ()
