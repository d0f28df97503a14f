"""The profiles' amounts are whole: a value for each profile, inside its bounds, and growing with the environment."""

from __future__ import annotations

import pytest

from tap_templates.data.profiles import Amount, amounts, profiles
from tap_templates.requirements import REQUIREMENT


def test_profiles_are_ordered() -> None:
    """The smallest environment comes first."""
    assert profiles() == ("dev", "staging", "prod")


@pytest.mark.parametrize("amount", amounts().values(), ids=lambda amount: amount.key)
def test_amount_is_inside_its_bounds(amount: Amount) -> None:
    """Each profile has a value that a user could write, and none is larger than that of a later environment."""
    values = [amount.values[name] for name in profiles()]

    assert values == sorted(values)
    assert amount.minimum <= values[0] <= values[-1] <= amount.maximum
    assert amount.means.endswith(".")
    assert amount.saves.endswith(".")
    demanded = REQUIREMENT[amount.requirement].default if amount.requirement else 0
    assert isinstance(demanded, int)  # A switch that is demanded is 1.
