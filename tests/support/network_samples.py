"""Networks that the tests of the component share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from support.component_samples import ANSWERS, asked, fixed
from support.resolved_template import Resolved

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.identity import permissions_boundary
from tap_templates.components.network import Network, network
from tap_templates.settings import Settings
from tap_templates.stack import Stack

__all__ = ["ANSWERS", "a_network", "a_stack", "asked", "fixed", "of_type", "resolved", "rows"]


def a_stack(settings: Settings | None = None) -> tuple[Stack, Any]:
    """A stack with what a network needs: the boundary of its roles, and a topic."""
    stack = Stack(settings or fixed(), description="A network")
    permissions_boundary(stack)
    return stack, alarm_topic(stack)


def a_network(settings: Settings | None = None, title: str = "Network", **given: Any) -> Network:
    """A network in a stack of its own."""
    stack, topic = a_stack(settings)
    return network(stack, title, topic=topic, **given)


def resolved(made: Network, answers: Mapping[str, Any] | None = None, **pseudo: str) -> Resolved:
    """The stack of a network as AWS sees it."""
    return Resolved(made.stack.to_dict(), answers, **pseudo)


def of_type(seen: Resolved, kind: str) -> dict[str, Any]:
    """Properties of the resources of a type, without their tags: ``of_type(seen, "EC2::Subnet")``."""
    found = {}
    for title, resource in seen.resources.items():
        if resource["Type"] == f"AWS::{kind}":
            found[title] = {name: value for name, value in seen.properties(title).items() if name != "Tags"}
    return found


def rows(found: Mapping[str, Mapping[str, Any]], *names: str) -> dict[str, tuple[Any, ...]]:
    """Some properties of each."""
    return {title: tuple(properties.get(name) for name in names) for title, properties in found.items()}
