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

__all__ = ["ANSWERS", "WEB", "a_network", "a_stack", "asked", "fixed", "of_type", "resolved", "rows", "with_everything"]
WEB = {"requirements": {"open_ingress_ports": [443]}}
SERVICES = ("s3", "dynamodb", "secretsmanager", "ssm", "ecr.api", "ecr.dkr", "ecs-agent", "sts")


def a_stack(settings: Settings | None = None) -> tuple[Stack, Any]:
    """A stack with what a network needs: the boundary of its roles, and a topic."""
    stack = Stack(settings or fixed(), description="A network")
    permissions_boundary(stack)
    return stack, alarm_topic(stack)


def a_network(settings: Settings | None = None, title: str = "Network", **given: Any) -> Network:
    """A network in a stack of its own."""
    stack, topic = a_stack(settings)
    return network(stack, title, topic=topic, **given)


def with_everything(settings: Settings, **given: Any) -> Network:
    """A network with ACLs, both kinds of endpoints, and groups whose every verb was used; ``WEB`` lets it open 443."""
    made = a_network(settings, acls=True, endpoints=SERVICES, zones=3, **given)
    app, balancer = made.group("App", "application servers"), made.group("Balancer", "load balancer")
    app.accepts(balancer, port=8080)
    app.reaches(made.endpoints)
    app.reaches_listed("pl-63a5400a", title="S3", says="Objects")
    app.reaches_anywhere(says="Payment provider")
    balancer.accepts_from_anywhere(port=443, says="Browsers")
    return made


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
