"""Kinds of AWS errors: complete against botocore, and looked up as a reader of the table expects."""

from __future__ import annotations

import json
from pathlib import Path

import botocore
import botocore.exceptions
import botocore.parsers
import pytest
from botocore.retries.standard import ThrottledRetryableChecker, TransientRetryableChecker

from tap_templates.data import load
from tap_templates.data.aws_errors import error_kinds, kind_of_answer, kind_of_exception
from tap_templates.data.url_suffixes import url_suffix

ROWS = load("aws_errors.json")["kinds"]


def test_every_exception_is_one_of_botocore() -> None:
    """No name in the table is misspelt or gone."""
    named = {name for row in ROWS.values() for name in row.get("exceptions", ())}

    assert {
        name for name in named if not any(hasattr(of, name) for of in (botocore.exceptions, botocore.parsers))
    } == set()


def test_no_code_or_exception_has_two_kinds() -> None:
    """Each is listed once."""
    for column in ("codes", "exceptions"):
        listed = [name for row in ROWS.values() for name in row.get(column, ())]
        assert len(listed) == len(set(listed))


def test_what_botocore_retries_is_infrastructure() -> None:
    """Throttling and transient codes and statuses are those of botocore's standard mode, and are so marked."""
    codes = [*ThrottledRetryableChecker._THROTTLED_ERROR_CODES, *TransientRetryableChecker._TRANSIENT_ERROR_CODES]
    kinds = [kind_of_answer(code) for code in codes]
    kinds += [kind_of_answer("x", status=status) for status in TransientRetryableChecker._TRANSIENT_STATUS_CODES]

    assert {(kind.verdict, kind.retried) for kind in kinds} == {("infrastructure", True)}


@pytest.mark.parametrize(
    ("code", "status", "message", "kind"),
    [
        ("ExpiredToken", 400, "", "expired"),
        ("AccessDenied", 403, "", "denied"),
        ("Weird", 403, "", "denied"),
        ("403", 0, "", "denied"),
        ("404", 404, "", "not_found"),
        ("NoSuchBucket", 404, "", "not_found"),
        ("InvalidInstanceID.NotFound", 400, "", "not_found"),
        ("ResourceNotFoundException", 400, "", "not_found"),
        ("AWS.SimpleQueueService.NonExistentQueue", 400, "", "not_found"),
        ("ValidationError", 400, "Stack with id x does not exist", "not_found"),
        ("ValidationError", 400, "1 validation error", "other"),
        ("SignatureDoesNotMatch", 403, "Credential should be scoped to a valid region.", "wrong_region"),
        ("SignatureDoesNotMatch", 403, "The signature we calculated does not match", "bad_credentials"),
        ("AuthorizationHeaderMalformed", 400, "the region 'us-east-1' is wrong", "wrong_region"),
        ("301", 301, "", "wrong_region"),
        ("LimitExceededException", 400, "", "quota"),
        ("Weird", 503, "", "server_error"),
        ("", 0, "", "other"),
    ],
)
def test_answer_has_its_kind(code: str, status: int, message: str, kind: str) -> None:
    """By message, code, pattern of the code, or status, in this order."""
    assert kind_of_answer(code, status=status, message=message).name == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NoCredentialsError", "no_credentials"),
        ("ReadTimeoutError", "timeout"),
        ("ConnectTimeoutError", "timeout"),
        ("EndpointConnectionError", "unreachable"),
        ("ConnectionClosedError", "unreachable"),
        ("UnauthorizedSSOTokenError", "expired"),
        ("ProfileNotFound", "bad_credentials"),
        ("NoRegionError", "wrong_region"),
        ("ParamValidationError", "other"),
    ],
)
def test_exception_has_the_kind_of_its_nearest_base(name: str, kind: str) -> None:
    """The class itself counts before its bases."""
    bases = [base.__name__ for base in getattr(botocore.exceptions, name).__mro__]
    found = kind_of_exception(bases)

    assert found is not None
    assert found.name == kind


def test_other_exceptions_have_no_kind() -> None:
    """What is not of botocore is not judged by the table."""
    assert kind_of_exception(["ValueError", "Exception"]) is None


def test_every_kind_has_a_verdict_and_a_remedy() -> None:
    """A verdict is one of three, and each kind says what to do."""
    assert {kind.verdict for kind in error_kinds()} == {"skipped", "failed", "infrastructure"}
    assert all(kind.title and kind.remedy for kind in error_kinds())


def test_url_suffixes_are_those_of_botocore() -> None:
    """One for each partition; an unknown partition has the usual one."""
    path = Path(botocore.__file__).parent / "data" / "partitions.json"
    partitions = json.loads(path.read_text(encoding="utf-8"))["partitions"]

    assert {row["id"]: url_suffix(row["id"]) for row in partitions} == {
        row["id"]: row["outputs"]["dnsSuffix"] for row in partitions
    }
    assert url_suffix("aws-new") == "amazonaws.com"
