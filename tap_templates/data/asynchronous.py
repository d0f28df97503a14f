"""Who invokes Lambda functions without waiting for the answer. Source: ``asynchronous.json``."""

from __future__ import annotations

from tap_templates.data import load


def asynchronous_principals() -> tuple[str, ...]:
    """Services that do, as principals of a Lambda permission."""
    return tuple(load("asynchronous.json")["principals"])


def asynchronous_properties() -> dict[str, str]:
    """For some types, the dotted property that names the function: ``{"AWS::Events::Rule": "Targets.*.Arn"}``."""
    properties: dict[str, str] = load("asynchronous.json")["properties"]
    return properties
