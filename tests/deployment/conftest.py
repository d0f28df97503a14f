"""One embedded AWS for the deployment tests, and a stack name that is free and cleaned up."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tap_templates.deployment import Clients, delete
from tap_templates.emulator import EmbeddedAws


@pytest.fixture(scope="session")
def deployment_clients() -> Iterator[Clients]:
    """Root's clients of a running server."""
    with EmbeddedAws() as aws:
        yield Clients(arguments=aws.client_arguments())


@pytest.fixture
def cloudformation(deployment_clients: Clients) -> Any:
    """The CloudFormation client."""
    return deployment_clients("cloudformation")


@pytest.fixture
def stack_name(cloudformation: Any) -> Iterator[str]:
    """A name that no stack has; the stack is deleted at the end."""
    name = "t" + uuid.uuid4().hex[:10]
    yield name
    delete(name, client=cloudformation, poll_seconds=0.02)
