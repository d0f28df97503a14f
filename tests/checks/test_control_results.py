"""What verdicts say of controls."""

from __future__ import annotations

import pytest

from tap_templates.checks.control_results import control_results, proven
from tap_templates.data.controls import CHECKED, IN_PART, NOT_COVERED, OUTSIDE, Control
from tap_templates.data.security_hub import Proof

BY_KMS = Proof("E9101", by="nist-800-53 S3.17")
BY_TRAIL = Proof("E9102", by="nist-800-53 CloudTrail.2")
RAN = ("E9101", "E9102")


def control(*proofs: Proof, state: str = CHECKED, reason: str = "") -> Control:
    """A NIST control that two controls of Security Hub show."""
    related = ("CloudTrail.2", "EC2.7", "S3.17")
    return Control("nist-800-53", "5", "SC-28", "At rest", proofs, (), state, reason, related, "https://example.com")


def result(
    each: Control, *said: str, excluded: dict[str, str] | None = None, ran: tuple[str, ...] = RAN
) -> tuple[str, str]:
    """The result of a control and its reason."""
    [found] = control_results([each], {each.name: set(said)} if said else {}, excluded or {}, ran)
    return found.result, found.reason


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (("holds", "fails", "suppressed"), "fails"),
        (("holds", "cannot tell", "suppressed"), "cannot tell"),
        (("holds", "suppressed"), "suppressed"),
        (("holds",), "holds"),
        ((), "nothing to judge"),
    ],
)
def test_worst_verdict_decides(said: tuple[str, ...], word: str) -> None:
    """A control holds when every verdict does."""
    assert result(control(BY_KMS), *said) == (word, "")


@pytest.mark.parametrize("state", [OUTSIDE, NOT_COVERED])
def test_what_no_check_shows_never_passes(state: str) -> None:
    """Whatever verdicts there are, the state of such a control is its result."""
    assert result(control(state=state, reason="No way."), "holds") == (state, "No way.")


def test_control_that_is_shown_in_part_holds_in_part() -> None:
    """What is open stands beside it; a failure is a failure all the same."""
    each = control(BY_KMS, state=IN_PART, reason="Outside: EC2.7.")

    assert result(each, "holds") == ("holds in part", "Outside: EC2.7.")
    assert result(each, "fails") == ("fails", "Outside: EC2.7.")


def test_excluded_control_has_its_reason() -> None:
    """Even where a check fails, or where it lies outside."""
    excluded = {"nist-800-53 SC-28": "other means"}

    assert result(control(BY_KMS), "fails", excluded=excluded) == ("excluded", "other means")
    assert result(control(state=OUTSIDE, reason="No way."), excluded=excluded) == ("excluded", "other means")


def test_control_without_an_excluded_related_one_holds_in_part() -> None:
    """The other related ones still show it; without any, it is excluded."""
    excluded = {"nist-800-53 S3.17": "AES-256 is mandated"}

    assert result(control(BY_KMS, BY_TRAIL), "holds", excluded=excluded) == (
        "holds in part",
        "Excluded: S3.17 (AES-256 is mandated).",
    )
    assert result(control(BY_KMS), "holds", excluded=excluded) == ("excluded", "Excluded: S3.17 (AES-256 is mandated).")


def test_checks_that_did_not_run_show_nothing() -> None:
    """With none of its checks a control is not covered; with some it holds in part."""
    assert result(control(BY_KMS), ran=("E9102",)) == (NOT_COVERED, "Did not run: E9101.")
    assert result(control(BY_KMS, BY_TRAIL), "holds", ran=("E9102",)) == ("holds in part", "Did not run: E9101.")


def test_result_names_what_shows_the_control() -> None:
    """Checks and controls of Security Hub, without those that are excluded or that no check shows."""
    each = control(BY_KMS, BY_TRAIL)
    [found] = control_results([each], {}, {"nist-800-53 S3.17": "mandate"}, RAN)

    assert found.rules == ("E9102",)
    assert found.security_hub == ("CloudTrail.2",)
    assert found.as_data()["security_hub"] == ["CloudTrail.2"]


def test_verdict_says_something_of_controls_that_are_followed() -> None:
    """Not of those that are excluded, as a whole or by the related one that it shows."""
    each = control(BY_KMS, BY_TRAIL)

    assert [*proven([each], {}, "E9101", "AWS::S3::Bucket", "")] == ["nist-800-53 SC-28"]
    assert [*proven([each], {}, "E9103", "AWS::S3::Bucket", "")] == []
    assert [*proven([each], {"nist-800-53 S3.17": "no"}, "E9101", "AWS::S3::Bucket", "")] == []
    assert [*proven([each], {"nist-800-53 SC-28": "no"}, "E9101", "AWS::S3::Bucket", "")] == []
