"""The tables of controls: what they name exists, and what no check shows has its reason."""

from __future__ import annotations

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tap_templates.checks.rules import every_rule
from tap_templates.data.controls import (
    CHECKED,
    IN_PART,
    NOT_COVERED,
    OUTSIDE,
    Control,
    controls,
    controls_of,
    edition,
    frameworks,
    versions,
)
from tap_templates.data.security_hub import HubControl, Proof, hub_controls
from tap_templates.frameworks import BOUNDS
from tap_templates.requirements import REQUIREMENT

EVERY = [control for name in frameworks() for version in versions(name) for control in controls(name, version)]
TYPES = PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1")
RULES = {rule.id for rule in every_rule()}


def control(name: str) -> Control:
    """One control by its name."""
    return next(each for each in EVERY if each.name == name)


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.name)
def test_control_names_what_exists(each: Control) -> None:
    """Its checks are rules, its demands are requirements, and what no check shows has a reason."""
    assert set(each.rules) <= RULES
    assert {demand.key for demand in each.demands} <= set(REQUIREMENT)
    assert bool(each.rules) == (each.state in (CHECKED, IN_PART))
    assert each.reason or each.state == CHECKED or edition(each.framework, each.version).in_part
    assert each.title
    assert each.source.startswith("https://docs.aws.amazon.com/securityhub/")
    assert set(each.related) <= set(hub_controls())


@pytest.mark.parametrize("hub", hub_controls().values(), ids=lambda hub: hub.id)
def test_control_of_security_hub_says_one_thing(hub: HubControl) -> None:
    """It is shown, outside, or not covered; its types and bounds are known, and a framework refers to it."""
    assert sum([bool(hub.proofs), bool(hub.outside), bool(hub.uncovered)]) <= 1
    assert not hub.part or hub.proofs
    assert {name for proof in hub.proofs for name in proof.types} <= set(TYPES)
    assert all(set(bound) <= set(BOUNDS) for bound in hub.demands.values() if isinstance(bound, dict))
    assert hub.fsbp or hub.nist or any(hub.id in each.related for each in controls("cis-aws", "5.0"))


def test_cis_is_complete() -> None:
    """The benchmark has 63 recommendations; Security Hub checks them by 40 of its controls."""
    cis = controls("cis-aws", "5.0")

    assert len(cis) == 63
    assert len({name for each in cis for name in each.related}) == 40


def test_every_nist_control_of_security_hub_has_a_row() -> None:
    """What Security Hub relates its controls to is listed, and nothing else is."""
    assert {name for hub in hub_controls().values() for name in hub.nist} == {
        each.id for each in controls("nist-800-53", "5")
    }


def test_controls_of_a_rule() -> None:
    """A rule knows the controls that it shows, in each framework."""
    shown = [each.name for each in controls_of("E9102")]

    assert shown[:2] == ["cis-aws 3.5", "fsbp CloudTrail.2"]
    assert {name.partition(" ")[0] for name in shown[2:]} == {"nist-800-53"}
    assert controls_of("E0000") == ()


@pytest.mark.parametrize(
    ("name", "state", "reason"),
    [
        ("cis-aws 3.5", CHECKED, ""),
        ("cis-aws 1.5", OUTSIDE, "The root user's credentials and devices are the account's, and only its owner "),
        ("cis-aws 2.1.2", OUTSIDE, "Only the root user, with an MFA device, can switch MFA delete on"),
        ("cis-aws 2.1.4", IN_PART, "S3.1: Block Public Access of the whole account is a setting"),
        ("cis-aws 2.2.2", NOT_COVERED, "No check is about it yet."),
        ("fsbp S3.1", OUTSIDE, "Block Public Access of the whole account is a setting"),
        ("nist-800-53 AU-11", IN_PART, ""),
        ("nist-800-53 SC-28", IN_PART, "Shown in part: RDS.4. Not covered yet: DynamoDB.3. Outside: EC2.7."),
        ("nist-800-53 IA-2(1)", OUTSIDE, "Outside: IAM.5, IAM.6, IAM.9, IAM.19."),
    ],
)
def test_state_of_a_control(name: str, state: str, reason: str) -> None:
    """What is shown, and why the rest is not; a NIST control is never shown as a whole."""
    assert control(name).state == state
    assert control(name).reason.startswith(reason)
    assert bool(control(name).reason) == bool(reason)


def test_demand_is_excluded_by_the_control_that_makes_it() -> None:
    """CIS by its own number; of NIST, where many controls share a related one, by that one."""
    [cis] = control("cis-aws 3.5").demands
    nist = {demand.key: demand.by for demand in control("nist-800-53 SC-28").demands}

    assert cis.by == "cis-aws 3.5"
    assert nist == {"bucket_encryption": "nist-800-53 S3.17", "trail_encryption": "nist-800-53 CloudTrail.2"}


@pytest.mark.parametrize(
    ("verdict", "covered"),
    [
        (("E9608", "AWS::CloudTrail::Trail", "IsLogging"), True),
        (("E9608", "AWS::CloudTrail::Trail", "IsLogging.0"), True),
        (("E9608", "AWS::CloudTrail::Trail", ""), True),
        (("E9608", "AWS::CloudTrail::Trail", "IsLoggingToo"), False),
        (("E9608", "AWS::S3::Bucket", "IsLogging"), False),
        (("E9607", "AWS::CloudTrail::Trail", "IsLogging"), False),
    ],
)
def test_proof_covers_its_types_and_properties(verdict: tuple[str, str, str], covered: bool) -> None:
    """A verdict on another type or property says nothing of the control; one on a missing property does."""
    assert Proof("E9608", ("AWS::CloudTrail::Trail",), ("IsLogging",)).covers(*verdict) is covered


def test_proof_without_limits_covers_all_of_its_rule() -> None:
    """Every verdict of the rule counts."""
    assert Proof("E9101").covers("E9101", "AWS::S3::Bucket", "BucketEncryption")
    assert not Proof("E9101").covers("E9102", "AWS::S3::Bucket", "BucketEncryption")


def test_page_of_a_control_of_security_hub() -> None:
    """Its page is that of the service, its anchor that of the control."""
    assert hub_controls()["S3.8"].source.endswith("/userguide/s3-controls.html#s3-8")
