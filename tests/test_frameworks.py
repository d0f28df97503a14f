"""What frameworks ask of the requirements."""

from __future__ import annotations

from typing import Any

import pytest

from tap_templates.errors import UsageError
from tap_templates.frameworks import in_words, version_of
from tap_templates.requirements import ContradictionError, Requirements

AES256_IS_MANDATED = dict.fromkeys(
    ("cis-aws 3.5", "fsbp CloudTrail.2", "nist-800-53 CloudTrail.2", "nist-800-53 S3.17"),
    "AES-256 is mandated by the group",
)
ALL = {"cis-aws": "5.0", "fsbp": None, "nist-800-53": 5}


def problems(**demands: Any) -> list[str]:
    """What is said of demands that do not agree."""
    with pytest.raises(ContradictionError) as caught:
        Requirements(**demands)
    return str(caught.value).splitlines()


def test_version_may_be_left_out() -> None:
    """Where the table has one version alone, that one is meant."""
    followed = Requirements(frameworks=ALL, excluded_controls=AES256_IS_MANDATED).frameworks

    assert followed == {"cis-aws": "5.0", "fsbp": "1.0.0", "nist-800-53": "5"}
    assert version_of("fsbp", "2.0") == "2.0"
    assert version_of("pci", "") == ""


@pytest.mark.parametrize(
    ("word", "suggestion"), [("fsb", "fsbp"), ("cis", "cis-aws"), ("nist-80053", "nist-800-53"), ("CIS-AWS", "cis-aws")]
)
def test_unknown_framework_gets_a_suggestion(word: str, suggestion: str) -> None:
    """A word that is nearly right is answered with the right one."""
    [problem] = problems(frameworks={word: None})

    assert problem == (
        f"requirements.frameworks.{word}: found {word!r}; "
        f"use one of cis-aws, fsbp, nist-800-53 (did you mean {suggestion}?)"
    )


def test_one_problem_names_every_control_that_asks_for_the_same() -> None:
    """What three frameworks ask for is one contradiction; what one alone asks for is another."""
    trail, bucket = problems(frameworks=ALL)

    assert trail == (
        "requirements.trail_encryption: found 'AES256'; cis-aws 5.0 control 3.5 and fsbp 1.0.0 control CloudTrail.2 "
        "and nist-800-53 5 control CloudTrail.2 ask for aws:kms; say so, or give the reasons not to below "
        "excluded_controls: cis-aws 3.5, fsbp CloudTrail.2, nist-800-53 CloudTrail.2"
    )
    assert bucket == (
        "requirements.bucket_encryption: found 'AES256'; nist-800-53 5 control S3.17 asks for aws:kms; say so, "
        "or give the reason not to below excluded_controls: nist-800-53 S3.17"
    )


def test_many_askers_are_counted() -> None:
    """Three of them are named, and all where they can be excluded."""
    [problem] = problems(
        frameworks={"fsbp": None}, public_access="allowed", excluded_controls={"fsbp CloudTrail.2": "mandate"}
    )

    assert "fsbp 1.0.0 controls Autoscaling.5, EC2.9, EC2.15 and 11 more ask for denied" in problem
    assert problem.endswith("S3.2, fsbp S3.3, fsbp S3.8, fsbp SNS.4, fsbp SQS.3")


@pytest.mark.parametrize(
    ("framework", "demands", "asked"),
    [
        ("cis-aws", {"access_key_max_age_days": 91}, "control 1.13 asks for at most 90"),
        ("cis-aws", {"access_key_unused_days": 46}, "control 1.11 asks for at most 45"),
        ("cis-aws", {"multi_az": False}, "control 2.2.4 asks for true"),
        ("cis-aws", {"instance_metadata_v2": False}, "control 5.7 asks for true"),
        ("fsbp", {"backup_retention_days": 6}, "control RDS.11 asks for at least 7"),
        ("fsbp", {"open_ingress_ports": [443, 8443]}, "control EC2.18 asks for only 80, 443"),
        ("fsbp", {"open_ingress_ports": [22]}, "control EC2.19 asks for none of 20, 21, 22, 23"),
        ("nist-800-53", {"log_retention_days": 90}, "control CloudWatch.16 asks for at least 365"),
    ],
)
def test_demand_of_a_control(framework: str, demands: dict[str, Any], asked: str) -> None:
    """What a framework's controls ask for, in values and in bounds."""
    encryption = {name: why for name, why in AES256_IS_MANDATED.items() if name.startswith(framework)}
    found = problems(frameworks={framework: None}, excluded_controls=encryption, **demands)

    assert any(asked in problem for problem in found)


def test_what_agrees_is_accepted() -> None:
    """Ports that every control lets open, and more days than are asked for."""
    agreed = Requirements(
        frameworks={"fsbp": None},
        trail_encryption="aws:kms",
        bucket_encryption="any",
        open_ingress_ports=[80, 443],
        backup_retention_days=35,
    )

    assert agreed.open_ingress_ports == (80, 443)


@pytest.mark.parametrize("name", ["nist-800-53 S3.17", "nist-800-53 SC-28"])
def test_nist_control_and_related_one_can_be_excluded(name: str) -> None:
    """Both are names; the whole NIST control takes the demands of its related ones for itself alone."""
    agreed = Requirements(frameworks=ALL, excluded_controls={**AES256_IS_MANDATED, name: "reason"})

    assert agreed.excluded_controls[name] == "reason"


@pytest.mark.parametrize(("name", "suggestion"), [("fsbp S3.88", "fsbp S3.8"), ("cis 3.5", "cis-aws 3.5")])
def test_unknown_excluded_control_gets_a_suggestion(name: str, suggestion: str) -> None:
    """A control that no framework has cannot be left out."""
    with pytest.raises(UsageError) as caught:
        Requirements(frameworks=ALL, excluded_controls={**AES256_IS_MANDATED, name: "no"})

    assert f"name a control of the frameworks above (did you mean {suggestion}" in str(caught.value)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ("aws:kms", "aws:kms"),
        (True, "true"),
        ({"at_least": 1, "at_most": 7}, "at least 1 and at most 7"),
        ({"within": [80, 443]}, "only 80, 443"),
        ({"without": [22]}, "none of 22"),
    ],
)
def test_what_is_asked_for_in_words(wanted: Any, words: str) -> None:
    """As people say it."""
    assert in_words(wanted) == words
