"""What a rule says of a small template, in the words that its user reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tap_templates.checks.rule import Rule, Verdict
from tap_templates.checks.view import View

NO_VALUE = {"Ref": "AWS::NoValue"}


def verdicts(
    rule: type[Rule], resources: Mapping[str, Any], *, demands: Mapping[str, Any] | None = None, **sections: Any
) -> list[Verdict]:
    """Every verdict of a rule; ``sections`` are the other sections of the template."""
    made = rule()
    made.configure(dict(demands or {}))
    return list(made.judge(View({"Resources": resources, **sections})))


def results(rule: type[Rule], resources: Mapping[str, Any], **given: Any) -> list[str]:
    """The words of the verdicts."""
    return [verdict.result for verdict in verdicts(rule, resources, **given)]


def said(rule: type[Rule], resources: Mapping[str, Any], **given: Any) -> list[tuple[str, str, str]]:
    """Result, path with slashes, and message of each verdict that does not hold."""
    return [
        (verdict.result, "/".join(str(part) for part in verdict.path), verdict.message())
        for verdict in verdicts(rule, resources, **given)
        if verdict.result != "holds"
    ]


def one(resource_type: str, **properties: Any) -> dict[str, Any]:
    """Resources with a single one, called It."""
    return {"It": {"Type": resource_type, "Properties": properties}}


def either(condition: str, true: Any, false: Any) -> dict[str, Any]:
    """A value for each side of a condition."""
    return {"Fn::If": [condition, true, false]}
