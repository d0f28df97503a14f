"""Failure tolerance and concurrency, in numbers and in per cent."""

from __future__ import annotations

import pytest

from tap_templates.deployment.rollouts import Preferences, Share, share
from tap_templates.errors import UsageError


def test_a_share_is_a_number_or_per_cent() -> None:
    """Both forms are read, and say themselves again."""
    assert share("3", option="--concurrency", least=1) == Share(3)
    assert share(" 20% ", option="--concurrency", least=1) == Share(20, percent=True)
    assert [str(Share(3)), str(Share(20, percent=True))] == ["3", "20%"]


@pytest.mark.parametrize("text", ["", "-1", "0", "101%", "0%", "half", "1.5", "3 %", "%"])
def test_anything_else_is_refused(text: str) -> None:
    """With what may be written."""
    with pytest.raises(UsageError, match=r"--concurrency: found .*use a number of accounts from 1 up, or per cent"):
        share(text, option="--concurrency", least=1)


def test_tolerance_may_be_nothing() -> None:
    """No failure is the default of StackSets."""
    assert share("0", option="--failure-tolerance", least=0) == Share(0)
    assert Preferences() == Preferences(Share(0), Share(1), parallel_regions=False)


def test_per_cent_are_rounded_down_and_one_account_always_goes() -> None:
    """As the API reference says of both settings."""
    preferences = Preferences(Share(50, percent=True), Share(10, percent=True))

    assert preferences.tolerated(5) == 2
    assert preferences.at_once(5) == 1


def test_concurrency_is_bounded_by_the_failures_that_are_borne() -> None:
    """The guide's case, strict: 5 failures borne and 10 at one time make 6, and one less after each failure."""
    preferences = Preferences(Share(5), Share(10))

    assert [preferences.at_once(20, failed=failed) for failed in range(8)] == [6, 5, 4, 3, 2, 1, 0, 0]


def test_argument_of_the_call() -> None:
    """Counts or percentages, and the regions' order where they take turns."""
    assert Preferences(Share(1), Share(25, percent=True)).as_argument(["eu-west-1", "us-east-1"]) == {
        "FailureToleranceCount": 1,
        "MaxConcurrentPercentage": 25,
        "RegionConcurrencyType": "SEQUENTIAL",
        "RegionOrder": ["eu-west-1", "us-east-1"],
    }
    assert Preferences(Share(10, percent=True), Share(2), parallel_regions=True).as_argument(["eu-west-1"]) == {
        "FailureTolerancePercentage": 10,
        "MaxConcurrentCount": 2,
        "RegionConcurrencyType": "PARALLEL",
    }
