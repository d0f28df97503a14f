"""A stack of a component in the embedded AWS, read back from its services."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from tap_templates.deployment import Clients, delete, deploy, upload_assets, uploader
from tap_templates.deployment.verification import Verification, verify
from tap_templates.emulator import gap_reason
from tap_templates.stack import Stack

POLL_SECONDS = 0.02


class Sample(NamedTuple):
    """A deployed stack: its outputs, its physical ids, and root's clients."""

    name: str
    clients: Clients
    outputs: Mapping[str, str]
    ids: Mapping[str, str]

    def read_back(self) -> Verification:
        """Every value of the template beside what the services say."""
        return verify(self.clients, self.name, gap_reason=gap_reason)


@contextmanager
def deployed(stack: Stack, clients: Clients, answers: Mapping[str, str] | None = None) -> Iterator[Sample]:
    """Deploys a stack as a user does, and deletes it at the end."""
    name = "c" + uuid.uuid4().hex[:10]
    client = clients("cloudformation")
    archives = {archive.key: archive.data for archive in stack.assets.values()}
    try:
        made = deploy(
            stack.to_json(compact=True),
            stack_name=name,
            client=client,
            upload=uploader(clients),
            parameters={**(answers or {}), **upload_assets(clients, archives)},
            poll_seconds=POLL_SECONDS,
        )
        listed = client.get_paginator("list_stack_resources").paginate(StackName=name).build_full_result()
        ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed["StackResourceSummaries"]}
        yield Sample(name, clients, made.outputs, ids)
    finally:
        delete(name, client=client, poll_seconds=POLL_SECONDS)
