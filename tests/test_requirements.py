"""Requirements: what they may say, and which contradict each other."""

from __future__ import annotations

from typing import Any

import pytest

from tap_templates import Requirements
from tap_templates.errors import UsageError
from tap_templates.requirements import REQUIREMENTS, ContradictionError


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
        "customer_managed_keys": (),
        "tls_floor": "1.2",
        "public_access": "denied",
        "open_ingress_ports": (),
        "required_tags": ("Project", "Environment", "Owner", "CostCenter", "DataClassification", "ManagedBy"),
        "allowed_tag_values": {},
        "access_key_max_age_days": 90,
        "access_key_unused_days": 45,
        "log_retention_days": 365,
        "data_retention": "retain",
        "backup_retention_days": 7,
        "deletion_protection": True,
        "multi_az": True,
        "permissions_boundary": True,
        "instance_metadata_v2": True,
        "allowed_regions": (),
        "frameworks": {},
        "excluded_controls": {},
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
        ("required_tags", "Owner", "use a list; each item text"),
        ("multi_az", "yes", "use true or false"),
        ("customer_managed_keys", {"topics": 1}, "use a list; each item text"),
        ("frameworks", ["cis-aws"], "use a mapping of words to values"),
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


@pytest.mark.parametrize(
    ("key", "value", "where", "found", "remedy"),
    [
        ("required_tags", ("Owner", 5), "requirements.required_tags", 5, "use text"),
        (
            "customer_managed_keys",
            ["topic"],
            "requirements.customer_managed_keys",
            "topic",
            "use one of backups, databases, logs, queues, secrets, tables, topics, volumes (did you mean topics?)",
        ),
        ("open_ingress_ports", [70000], "requirements.open_ingress_ports", 70000, "use a whole number from 1 to 65535"),
        (
            "allowed_regions",
            ["eu-west-11"],
            "requirements.allowed_regions",
            "eu-west-11",
            "use Regions that AWS has (did you mean eu-west-1?)",
        ),
        (
            "allowed_tag_values",
            {"CostCenter": "CC-1"},
            "requirements.allowed_tag_values.CostCenter",
            "CC-1",
            "use a list with at least one value",
        ),
    ],
)
def test_item_that_is_not_allowed_is_refused(key: str, value: Any, where: str, found: Any, remedy: str) -> None:
    """One wrong item of a list or mapping is named, not the whole."""
    error = refused(**{key: value})

    assert (error.where, error.found, error.remedy) == (where, found, remedy)


def test_tag_values_are_kept_as_tuples() -> None:
    """Allowed values cannot be changed afterwards."""
    assert Requirements(allowed_tag_values={"Env": ["dev", "prod"]}).allowed_tag_values == {"Env": ("dev", "prod")}


def test_nothing_kept_contradicts_what_is_kept() -> None:
    """Data that goes with its stack has neither backups nor protection; both contradictions are reported at once."""
    error = refused(data_retention="delete")

    assert isinstance(error, ContradictionError)
    assert str(error).splitlines() == [
        "requirements.backup_retention_days: found 7; "
        "data_retention delete keeps nothing; say backup_retention_days: 0, or data_retention: any",
        "requirements.deletion_protection: found True; "
        "data_retention delete keeps nothing; say deletion_protection: false, or data_retention: any",
    ]
    agreed = Requirements(data_retention="delete", backup_retention_days=0, deletion_protection=False)
    assert agreed.data_retention == "delete"


def test_framework_contradicts_what_its_control_forbids() -> None:
    """CIS 3.5 asks for a KMS key on the trail: under AES256 that is reported, not settled silently."""
    error = refused(frameworks={"cis-aws": "5.0"})

    assert (error.where, error.found) == ("requirements.trail_encryption", "AES256")
    assert error.remedy == (
        "cis-aws 5.0 control 3.5 asks for aws:kms; say so, "
        "or give the reason not to below excluded_controls: cis-aws 3.5"
    )


@pytest.mark.parametrize(
    "demands",
    [
        {"bucket_encryption": "any", "trail_encryption": "aws:kms"},
        {"excluded_controls": {"cis-aws 3.5": "AES-256 is the mandate of the group"}},
    ],
)
def test_framework_agrees(demands: dict[str, Any]) -> None:
    """What the control asks for is said, or there is a reason not to follow it."""
    assert Requirements(frameworks={"cis-aws": "5.0"}, **demands).frameworks == {"cis-aws": "5.0"}


@pytest.mark.parametrize(
    ("demands", "where", "remedy"),
    [
        (
            {"frameworks": {"cis": "5.0"}},
            "requirements.frameworks.cis",
            "use one of cis-aws, fsbp, nist-800-53 (did you mean cis-aws?)",
        ),
        ({"frameworks": {"cis-aws": "9"}}, "requirements.frameworks.cis-aws", "use one of 5.0"),
        (
            {"frameworks": {}, "excluded_controls": {"cis-aws 3.5": "no"}},
            "requirements.excluded_controls.cis-aws 3.5",
            "name a control of the frameworks above",
        ),
        (
            {"frameworks": {"cis-aws": "5.0"}, "excluded_controls": {"cis-aws 3.5": " "}},
            "requirements.excluded_controls.cis-aws 3.5",
            "say why it is not followed",
        ),
    ],
)
def test_unknown_framework_or_control_is_refused(demands: dict[str, Any], where: str, remedy: str) -> None:
    """A framework, version or control that the table does not have, and an exclusion without a reason."""
    error = refused(**demands)

    assert (error.where, error.remedy) == (where, remedy)


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
