"""The flagship, deployed into the embedded AWS of the deployment tests."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from support.component_samples import FIXED

from tap_templates import Settings, build
from tap_templates.deployment import Clients, delete, deploy, uploader

ANSWERS = {
    "Project": "payments",
    "Environment": "dev",
    "Owner": "team@example.com",
    "CostCenter": "CC-1",
    "AlarmEmail": "oncall@example.com",
}


class Flagship(NamedTuple):
    """A stack of ``secure-enterprise`` with two users."""

    name: str
    clients: Clients
    ids: Mapping[str, str]


Deploy = Callable[..., Flagship]


@pytest.fixture(scope="package")
def deploy_flagship(deployment_clients: Clients) -> Iterator[Deploy]:
    """Deploys ``secure-enterprise`` with the settings given, once for each call; all are deleted at the end."""
    names = []

    def make(settings: Settings, answers: Mapping[str, str]) -> Flagship:
        name = "f" + uuid.uuid4().hex[:10]
        client = deployment_clients("cloudformation")
        body = build("secure-enterprise", settings).to_json(compact=True)
        deploy(
            body,
            stack_name=name,
            client=client,
            upload=uploader(deployment_clients),
            parameters=answers,
            poll_seconds=0.02,
        )
        names.append(name)
        listed = client.get_paginator("list_stack_resources").paginate(StackName=name).build_full_result()
        ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in listed["StackResourceSummaries"]}
        return Flagship(name, deployment_clients, ids)

    yield make
    for name in names:
        delete(name, client=deployment_clients("cloudformation"), poll_seconds=0.02)


@pytest.fixture(scope="package")
def flagship(deploy_flagship: Deploy) -> Flagship:
    """Everything asked for at upload; nobody alters it."""
    users: Any = FIXED["users"]
    return deploy_flagship(Settings(users=users), ANSWERS)
