"""Kinds of errors that AWS and its SDK answer with, and what each means. Source: ``aws_errors.json``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from tap_templates.data import load

SDK_MODULES = ("botocore.exceptions", "botocore.parsers")


class ErrorKind(NamedTuple):
    """One kind of error; ``verdict`` is what a test is that ended in it: ``skipped``, ``failed``, ``infrastructure``.

    ``remedy`` is for who runs tests, ``deploying`` for who deploys.
    """

    name: str
    title: str
    verdict: str
    retried: bool
    remedy: str
    deploying: str


def error_kinds() -> tuple[ErrorKind, ...]:
    """Every kind, in the order in which they are looked up."""
    return tuple(_kind(name) for name in _rows())


def kind_of_error(error: BaseException) -> ErrorKind | None:
    """The kind of an error of botocore; None for all others. Needs no botocore."""
    names = [base.__name__ for base in type(error).__mro__ if base.__module__ in SDK_MODULES]
    if "ClientError" not in names:
        return kind_of_exception(names)
    response = getattr(error, "response", {})
    said = response.get("Error", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return kind_of_answer(str(said.get("Code", "")), status=int(status), message=str(said.get("Message", "")))


def kind_of_exception(names: Iterable[str]) -> ErrorKind | None:
    """The kind of a botocore exception; None when it is none.

    Args:
        names: of its class and that class's bases, nearest first: ``["ReadTimeoutError", "HTTPClientError", ...]``
    """
    for name in names:
        for kind, row in _rows().items():
            if name in row.get("exceptions", ()):
                return _kind(kind)
    return None


def kind_of_answer(code: str, *, status: int = 0, message: str = "") -> ErrorKind:
    """The kind of an error that AWS answered with; ``other`` when none fits better."""
    tests = (
        lambda row: any(re.search(pattern, message) for pattern in row.get("messages", ())),
        lambda row: code in row.get("codes", ()),
        lambda row: "code_pattern" in row and re.search(row["code_pattern"], code),
        lambda row: status in row.get("statuses", ()) or code in map(str, row.get("statuses", ())),
    )
    for fits in tests:
        for name, row in _rows().items():
            if fits(row):
                return _kind(name)
    return _kind("other")


def _rows() -> dict[str, Any]:
    rows: dict[str, Any] = load("aws_errors.json")["kinds"]
    return rows


def _kind(name: str) -> ErrorKind:
    row = _rows()[name]
    remedy = row["remedy"]
    return ErrorKind(name, row["title"], row["verdict"], row["retried"], remedy, row.get("deploying", remedy))
