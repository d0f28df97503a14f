"""Values of parameters and pseudo parameters, before any intrinsic is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tap_templates.data.regions import partition_of, regions
from tap_templates.data.url_suffixes import url_suffix
from tap_templates.deployment.parameters import check_parameters
from tap_templates.errors import UsageError, did_you_mean

DEFAULT_REGION = "us-east-1"
DEFAULT_ACCOUNT = "111122223333"
DEFAULT_STACK_NAME = "stack"
STACK_UUID = "0a1b2c3d-1111-2222-3333-444455556666"
UNSET = object()
"""What ``Ref: AWS::NoValue`` gives."""


@dataclass(frozen=True)
class Bindings:
    """``values``: what a Ref gives; ``texts``: parameters as they were answered, for text and comparison.

    A parameter whose value is in Systems Manager has no value here, only its key there.
    """

    values: Mapping[str, Any]
    texts: Mapping[str, str]


def bindings_of(
    template: Mapping[str, Any], given: Mapping[str, Any], *, region: str, account: str, stack_name: str
) -> Bindings:
    """Everything that a Ref may name, resources apart.

    Raises:
        UsageError: No such region; missing, unknown or unacceptable parameters, all of them at once.
    """
    partition = partition_of(region)
    if partition is None:
        raise UsageError("region", found=region, remedy=f"use an AWS region{did_you_mean(region, regions())}")
    answered = {name: as_text(value) for name, value in given.items()}
    check_parameters(template, answered)
    declared: Mapping[str, Any] = template.get("Parameters", {})
    texts = {name: answered.get(name, as_text(row.get("Default"))) for name, row in declared.items()}
    values = {
        name: _typed(text, str(declared[name].get("Type", "String")))
        for name, text in texts.items()
        if not _kept_in_ssm(declared[name])
    }
    arn = f"arn:{partition}:cloudformation:{region}:{account}:stack/{stack_name}/{STACK_UUID}"
    pseudo = {
        "AWS::AccountId": account,
        "AWS::NotificationARNs": [],
        "AWS::NoValue": UNSET,
        "AWS::Partition": partition,
        "AWS::Region": region,
        "AWS::StackId": arn,
        "AWS::StackName": stack_name,
        "AWS::URLSuffix": url_suffix(partition),
    }
    return Bindings({**pseudo, **values}, texts)


def as_text(value: Any) -> str:
    """A value as CloudFormation compares it: booleans are words, lists are joined by commas."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return ",".join(map(as_text, value))
    return str(value)


def _kept_in_ssm(declaration: Mapping[str, Any]) -> bool:
    return str(declaration.get("Type", "")).startswith("AWS::SSM::Parameter::Value<")


def _typed(text: str, kind: str) -> Any:
    if kind == "Number":
        return _number(text)
    if kind == "List<Number>":
        return [_number(item.strip()) for item in text.split(",")]
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return [item.strip() for item in text.split(",")]
    return text


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
