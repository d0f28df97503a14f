"""What AWS would decide of a request, from policy documents without intrinsics.

The part of IAM's evaluation that the templates here need. What it does not know it refuses with a KeyError.

Source: IAM user guide, "Policy evaluation logic", "Condition operators", "IAM policy elements: Variables and tags".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

ALLOWED, DENIED, NOT_ALLOWED = "allowed", "denied", "not allowed"


class Request(NamedTuple):
    """One call: by a service or by the principal with an ARN, in a context of condition keys."""

    action: str
    resource: str
    service: str | None = None
    arn: str | None = None
    context: Mapping[str, str] = {}


def decision(request: Request, *documents: Mapping[str, Any]) -> str:
    """``denied`` by a statement, ``allowed`` by one, or ``not allowed`` because there is none."""
    effects = {
        statement["Effect"]
        for document in documents
        for statement in document["Statement"]
        if _applies(statement, request)
    }
    return DENIED if "Deny" in effects else ALLOWED if "Allow" in effects else NOT_ALLOWED


def within(request: Request, boundary: Mapping[str, Any], *documents: Mapping[str, Any]) -> bool:
    """Whether a principal with a permissions boundary may do it: the boundary and a policy both allow, none denies."""
    return decision(request, boundary) == ALLOWED == decision(request, *documents)


def _applies(statement: Mapping[str, Any], request: Request) -> bool:
    context = {key.lower(): value for key, value in request.context.items()}
    return (
        _is_principal(statement, request)
        and _is_action(statement, request.action)
        and any(_like(pattern, request.resource, context) for pattern in _list(statement.get("Resource", "*")))
        and all(
            _holds(operator, context.get(key.lower()), _list(values), context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _is_principal(statement: Mapping[str, Any], request: Request) -> bool:
    if "Principal" not in statement:
        return True
    [(kind, names)] = statement["Principal"].items()
    if kind == "Service":
        return request.service in _list(names)
    return any(name in ("*", request.arn) or _is_of_account(name, request.arn) for name in _list(names))


def _is_of_account(root: str, arn: str | None) -> bool:
    """``arn:aws:iam::111122223333:root`` stands for every principal of the account."""
    if not root.endswith(":root"):
        return False
    return arn is not None and arn.split(":")[4] == root.split(":")[4]


def _is_action(statement: Mapping[str, Any], action: str) -> bool:
    if "NotAction" in statement:
        return not any(_fits(pattern, action) for pattern in _list(statement["NotAction"]))
    return any(_fits(pattern, action) for pattern in _list(statement["Action"]))


def _fits(pattern: str, action: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower())


def _like(pattern: str, value: str, context: Mapping[str, str]) -> bool:
    """A pattern with ``*``, ``?`` and policy variables; a variable without a value matches nothing."""
    parts = re.split(r"(\$\{[^}]+\}|\*|\?)", pattern)
    for index, part in enumerate(parts):
        if part.startswith("${"):
            if part[2:-1].lower() not in context:
                return False
            parts[index] = re.escape(context[part[2:-1].lower()])
        else:
            parts[index] = {"*": ".*", "?": "."}.get(part) or re.escape(part)
    return re.fullmatch("".join(parts), value, re.DOTALL) is not None


def _arn_like(pattern: str, value: str, context: Mapping[str, str]) -> bool:
    """Each of the six parts by itself, so that ``*`` does not reach over a colon; what is no ARN matches nothing."""
    wanted, found = pattern.split(":", 5), value.split(":", 5)
    return len(wanted) == len(found) == 6 and all(
        _like(left, right, context) for left, right in zip(wanted, found, strict=True)
    )


def _holds(operator: str, found: str | None, wanted: Iterable[Any], context: Mapping[str, str]) -> bool:
    if operator == "Null":
        return [str(found is None).lower()] == [str(value).lower() for value in wanted]
    if found is None:
        return operator.endswith("IfExists") or "Not" in operator
    tests = {
        "ArnLike": lambda value: _arn_like(value, found, context),
        "ArnNotEquals": lambda value: not _arn_like(value, found, context),
        "Bool": lambda value: str(value).lower() == found.lower(),
        "NumericLessThan": lambda value: float(found) < float(value),
        "StringEquals": lambda value: value == found,
        "StringLike": lambda value: _like(value, found, context),
        "StringNotEquals": lambda value: value != found,
    }
    test = tests[operator.removesuffix("IfExists")]
    return (all if "Not" in operator else any)(map(test, wanted))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
