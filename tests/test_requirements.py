"""Requirements: what they may say, and which contradict each other."""

from __future__ import annotations

from typing import Any

import pytest

from tap_templates import Requirements
from tap_templates.errors import UsageError
from tap_templates.requirements import REQUIREMENTS


def refused(**demands: Any) -> UsageError:
    """The error that demands raise."""
    with pytest.raises(UsageError) as caught:
        Requirements(**demands)
    return caught.value


def test_defaults_are_those_of_the_table() -> None:
    """What is not said has the default of its row."""
    made = Requirements()

    assert {row.key: getattr(made, row.key) for row in REQUIREMENTS} == {
        "bucket_encryption": "AES256",
        "trail_encryption": "AES256",
        "tls_floor": "1.2",
        "required_tags": ("Project", "Environment", "Owner", "CostCenter", "DataClassification", "ManagedBy"),
        "access_key_max_age_days": 90,
        "access_key_unused_days": 45,
        "log_retention_days": 365,
    }
    assert {row.key: row.default for row in REQUIREMENTS} == {row.key: getattr(made, row.key) for row in REQUIREMENTS}


def test_misspelt_word_is_answered_with_the_allowed_ones() -> None:
    """A typo in a Python call names the words and the nearest one."""
    error = refused(bucket_encryption="AES-256")

    assert (error.where, error.found) == ("requirements.bucket_encryption", "AES-256")
    assert error.remedy == "use one of AES256, aws:kms, any (did you mean AES256?)"


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("access_key_max_age_days", 0, "use a whole number from 1 to 365"),
        ("access_key_max_age_days", 366, "use a whole number from 1 to 365"),
        ("access_key_unused_days", "45", "use a whole number from 1 to 90"),
        ("access_key_unused_days", True, "use a whole number from 1 to 90"),
        ("log_retention_days", 3654, "use a whole number from 1 to 3653"),
        ("log_retention_days", 365.0, "use a whole number from 1 to 3653"),
        ("tls_floor", "1.1", "use one of 1.2, 1.3"),
        ("tls_floor", None, "use one of 1.2, 1.3"),
        ("required_tags", "Owner", "use a list of words, for example ['Project', 'Environment']"),
        ("required_tags", ("Owner", 5), "use a list of words, for example ['Project', 'Environment']"),
    ],
)
def test_value_outside_its_row_is_refused(key: str, value: Any, remedy: str) -> None:
    """A value of the wrong kind or size says where it is and what may stand there."""
    error = refused(**{key: value})

    assert (error.where, error.found, error.remedy) == (f"requirements.{key}", value, remedy)


@pytest.mark.parametrize(("key", "value"), [("access_key_max_age_days", 1), ("log_retention_days", 3653)])
def test_limits_themselves_are_allowed(key: str, value: int) -> None:
    """The smallest and the largest value are accepted."""
    assert getattr(Requirements(**{key: value}), key) == value


def test_trail_with_a_key_contradicts_buckets_without() -> None:
    """AES256 for every bucket holds for the trail's bucket too."""
    error = refused(trail_encryption="aws:kms")

    assert (error.where, error.found) == ("requirements.trail_encryption", "aws:kms")
    assert error.remedy == (
        "bucket_encryption AES256 holds for the trail's bucket too; "
        "say bucket_encryption: any (or aws:kms), or trail_encryption: AES256"
    )


@pytest.mark.parametrize("buckets", ["any", "aws:kms"])
def test_trail_with_a_key_agrees_with_other_buckets(buckets: str) -> None:
    """Where buckets may have a key, the trail's may."""
    assert Requirements(bucket_encryption=buckets, trail_encryption="aws:kms").trail_encryption == "aws:kms"


def test_required_tags_are_kept_as_a_tuple() -> None:
    """A list of keys cannot be changed afterwards."""
    assert Requirements(required_tags=["Owner"]).required_tags == ("Owner",)


def test_reads_as_the_call_that_makes_it() -> None:
    """The text of requirements is Python."""
    made = Requirements(tls_floor="1.3")

    assert repr(eval(repr(made))) == repr(made)
    assert "tls_floor='1.3'" in repr(made)
