"""Lambda functions as rules see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.view import Resource, View
from tap_templates.data.asynchronous import asynchronous_principals, asynchronous_properties

FUNCTION = "AWS::Lambda::Function"
EXAMPLE: dict[str, Any] = {
    "Runtime": "python3.13",
    "Handler": "index.handler",
    "Code": {"ZipFile": "def handler(event, context): pass"},
    "Role": "arn:aws:iam::123456789012:role/work",
}


def example(**properties: Any) -> dict[str, Any]:
    """A small template with one function, called Work, for the examples of rules."""
    return {"Resources": {"Work": {"Type": FUNCTION, "Properties": {**EXAMPLE, **properties}}}}


def invoked_asynchronously(view: View) -> frozenset[str]:
    """Logical ids of the functions that something in the template invokes without waiting for the answer."""
    return frozenset(function.logical_id for function in _invoked(view) if function.type == FUNCTION)


def _invoked(view: View) -> Iterator[Resource]:
    for type_name, path in asynchronous_properties().items():
        for resource in view.of(type_name):
            yield from _referred(view, resource, path)
    for permission in view.of("AWS::Lambda::Permission"):
        if any(found.value in asynchronous_principals() for found in permission.get("Principal")):
            yield from _referred(view, permission, "FunctionName")


def _referred(view: View, resource: Resource, path: str) -> Iterator[Resource]:
    for found in resource.get(path):
        referred = view.referred(found.value)
        if referred is not None:
            yield referred
