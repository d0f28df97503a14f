"""Policy variables in resources: ``user/${aws:username}`` means the caller's own user.

ministack compares them as they are written. Source: IAM user guide, "IAM policy elements: Variables and tags": a
variable without a value matches nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

VARIABLE = re.compile(r"\$\{([\w:/.-]+)\}")
MATCHES_NOTHING = ":no value:"


def install() -> None:
    """Fill the variables in before each decision."""
    from ministack.core import iam_evaluator

    evaluate = iam_evaluator.evaluate

    def with_variables(ctx: Any, *layers: Any) -> Any:
        def value_of(key: str) -> Any:
            return iam_evaluator._resolve_condition_key(key, ctx)

        return evaluate(ctx, *([[filled(each, value_of) for each in policy] for policy in layer] for layer in layers))

    iam_evaluator.evaluate = with_variables


def filled(statement: Any, value_of: Any) -> Any:
    """A statement whose resources have values in place of variables."""
    if not any("${" in arn for arn in (*statement.resources, *statement.not_resources)):
        return statement
    return replace(
        statement,
        resources=[fill(arn, value_of) for arn in statement.resources],
        not_resources=[fill(arn, value_of) for arn in statement.not_resources],
    )


def fill(arn: str, value_of: Any) -> str:
    """One ARN pattern with values in place of variables."""

    def value(found: re.Match[str]) -> str:
        known = value_of(found[1])
        return MATCHES_NOTHING if known is None else str(known)

    return VARIABLE.sub(value, arn)
