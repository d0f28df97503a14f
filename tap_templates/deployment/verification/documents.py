"""Policy documents in one form, so that two ways of writing one statement are the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from tap_templates.deployment.verification.values import Unknown

ACCOUNT = re.compile(r"\d{12}")
ROOT = re.compile(r"arn:[a-z-]+:iam::(\d{12}):root")
LISTS = ("Action", "NotAction", "Resource", "NotResource")


def version(document: Any) -> str:
    """The version of the policy language that a document is written in."""
    # IAM user guide, "Version": what a document without one gets.
    return str(_data(document).get("Version", "2008-10-17"))


def statements(document: Any) -> dict[str, Any]:
    """The statements of a document by ``Statement[Sid]``, or by position where there is no Sid, in one form."""
    found = _data(document).get("Statement", [])
    listed = found if isinstance(found, list) else [found]
    return {f"Statement[{_label(statement, at)}]": statement_form(statement) for at, statement in enumerate(listed)}


def statement_form(statement: Any) -> Any:
    """One statement with every list sorted, single values as lists, and principals as AWS stores them."""
    if not isinstance(statement, Mapping):
        return statement
    form: dict[str, Any] = {}
    for key, value in statement.items():
        if key in LISTS:
            form[key] = _sorted(value)
        elif key in ("Principal", "NotPrincipal"):
            form[key] = _principal(value)
        elif key == "Condition":
            form[key] = _condition(value)
        elif value not in ("", None):
            form[key] = value
    return form


def _data(document: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(document) if isinstance(document, str) else document
    return found


def _label(statement: Any, at: int) -> str:
    sid = statement.get("Sid") if isinstance(statement, Mapping) else None
    return str(sid or at)


def _principal(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return {"AWS": ["*"]} if value == "*" else value
    return {kind: _sorted(_account(name) for name in _listed(names)) for kind, names in value.items()}


def _account(name: Any) -> Any:
    """An account as its number: AWS takes the number and its root's ARN for the same."""
    found = ROOT.fullmatch(str(name))
    return found.group(1) if found else name


def _condition(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    # IAM user guide, "Condition": the names of keys do not depend on case.
    return {
        operator: {str(key).lower(): _sorted(map(_text, _listed(items))) for key, items in tests.items()}
        if isinstance(tests, Mapping)
        else tests
        for operator, tests in value.items()
    }


def _text(value: Any) -> Any:
    if isinstance(value, Unknown):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _sorted(value: Any) -> list[Any]:
    items = [value] if isinstance(value, (str, Unknown)) else list(value)
    return sorted(items, key=str)
