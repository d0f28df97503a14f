"""The gallery: templates that are known to be good, of every blueprint and of what no blueprint has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from support.blueprint_forms import FORMS, asked_form, fixed_form
from support.component_samples import FIXED
from support.database_samples import both
from support.network_samples import a_stack

from tap_templates.blueprints import build
from tap_templates.components.balancing import load_balancer
from tap_templates.components.events import bus
from tap_templates.components.functions import function
from tap_templates.components.functions.triggers import every
from tap_templates.components.network import network
from tap_templates.components.storage import access_log_bucket
from tap_templates.requirements import Requirements
from tap_templates.settings import Settings
from tap_templates.stack import Stack

CERTIFICATE = "0a1b2c3d-0000-4000-8000-0123456789ab"
HANDLER = "def handler(event, context):\n    return event\n"


class Piece(NamedTuple):
    """A good template, and what its organisation demands."""

    name: str
    template: Any
    requirements: Requirements


@cache
def gallery() -> tuple[Piece, ...]:
    """Every form of every blueprint, fixed and asked for, what stands behind a load balancer, and databases."""
    return tuple(Piece(name, json.loads(stack.to_json()), stack.requirements) for name, stack in _stacks())


def _stacks() -> Iterator[tuple[str, Stack]]:
    for blueprint, forms in FORMS.items():
        for form in forms:
            yield f"{blueprint}, {form}, fixed", build(blueprint, fixed_form(blueprint, form))
            yield f"{blueprint}, {form}, asked", build(blueprint, asked_form(blueprint, form))
    yield "behind a load balancer", _behind_a_load_balancer()
    yield "databases", both(Settings(requirements={"customer_managed_keys": ["databases"]}))[0].stack


def _behind_a_load_balancer() -> Stack:
    stack, topic = a_stack(Settings(**{**FIXED, "requirements": {"open_ingress_ports": [80, 443]}}))
    net = network(stack, topic=topic, endpoints=("s3", "secretsmanager"), acls=True)
    balancer = load_balancer(
        stack, "Web", network=net, topic=topic, logs=access_log_bucket(stack), certificate=CERTIFICATE
    )
    servers = net.group("Servers", "servers of the site")
    balancer.forward("Site", to=servers, port=8080)
    made = function(
        stack,
        "Nightly",
        topic=topic,
        source=HANDLER,
        description="Tidies up",
        subnets=net.private,
        security_groups=[servers],
    )
    every(made, "rate(1 day)", title="Daily", says="once a day")
    bus(stack, "Orders", topic=topic)
    return stack
