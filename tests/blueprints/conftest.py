"""One embedded AWS for what the blueprints' tests deploy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tap_templates.deployment import Clients
from tap_templates.emulator import EmbeddedAws


@pytest.fixture(scope="session")
def blueprint_clients() -> Iterator[Clients]:
    """Root's clients of a running server."""
    with EmbeddedAws() as aws:
        yield Clients(arguments=aws.client_arguments())
