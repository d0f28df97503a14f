"""What the scan of the committed templates makes of checkov's report; checkov itself runs in ``tox -e checkov``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.scripts import script

ROOT = Path(__file__).parents[1]
FILE = "templates/one.json"


SCAN = script("scan")


def row(check: str, resource: str) -> dict[str, Any]:
    """One result as checkov writes it."""
    return {"check_id": check, "check_name": "Ensure something", "file_path": f"/{FILE}", "resource": resource}


def problems(passed: list[Any], failed: list[Any], accepted: str = "[]", files: tuple[str, ...] = (FILE,)) -> list[str]:
    """What the scan says of results and exceptions."""
    report = {"results": {"passed_checks": passed, "failed_checks": failed}}
    return list(SCAN.problems(files, list(SCAN.results_of(report)), SCAN.read_exceptions(accepted)))


GOOD = [row("CKV_AWS_19", "AWS::S3::Bucket.Logs")]
BAD = [row("CKV_AWS_18", "AWS::S3::Bucket.Logs")]


def test_passed_checks_are_no_problem() -> None:
    """Where everything passes there is nothing to say."""
    assert problems(GOOD, []) == []


def test_failed_check_is_a_problem() -> None:
    """A failed check is named with its file and resource."""
    assert problems(GOOD, BAD) == [f"{FILE}: AWS::S3::Bucket.Logs: CKV_AWS_18: Ensure something"]


@pytest.mark.parametrize("resource", ["AWS::S3::Bucket.Logs", "AWS::S3::Bucket"])
def test_excepted_check_is_no_problem(resource: str) -> None:
    """An exception is for one resource, or for all of a type."""
    assert problems(GOOD, BAD, f"[{{check: CKV_AWS_18, resource: '{resource}', reason: So it is.}}]") == []


@pytest.mark.parametrize(
    ("check", "resource"),
    [("CKV_AWS_18", "AWS::S3::Bucket.Log"), ("CKV_AWS_18", "AWS::S3"), ("CKV_AWS_1", "AWS::S3::Bucket.Logs")],
)
def test_exception_for_something_else(check: str, resource: str) -> None:
    """An exception that covers no failed check is a problem too, and excepts nothing."""
    assert problems(GOOD, BAD, f"[{{check: {check}, resource: '{resource}', reason: So it is.}}]") == [
        f"{FILE}: AWS::S3::Bucket.Logs: CKV_AWS_18: Ensure something",
        f"checkov_exceptions.yaml: {check} of {resource}: no longer needed; remove it",
    ]


def test_file_that_checkov_could_not_read() -> None:
    """A file without results was not looked at: that is no success."""
    assert problems([], []) == [f"{FILE}: found no passed check; checkov could not read it as a template"]
    assert list(SCAN.results_of(json.loads('{"passed": 0, "failed": 0, "parsing_errors": 1}'))) == []


def test_every_exception_has_a_reason() -> None:
    """Each exception is for one check and names a resource; its reason is a sentence, and no two are the same."""
    accepted = SCAN.read_exceptions(SCAN.EXCEPTIONS.read_text(encoding="utf-8"))
    assert accepted
    for each in accepted:
        assert each.check.startswith(("CKV_", "CKV2_"))
        assert each.resource.startswith("AWS::")
        assert len(each.reason.split()) > 8
        assert each.reason.endswith(".")
    assert len({(each.check, each.resource) for each in accepted}) == len(accepted)
