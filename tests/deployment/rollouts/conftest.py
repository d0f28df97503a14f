"""Accounts and regions to roll out to: moto's stack sets, and many accounts of one embedded AWS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from tap_templates.deployment import Clients
from tap_templates.deployment.rollouts import ClientsOf, Request, Result, StackSets, Watch, targets
from tap_templates.emulator.server import ROOT_SECRET

HOME, SECOND, THIRD = "123456789012", "444455556666", "777788889999"
EU, US = "eu-west-1", "us-east-1"
QUEUE: dict[str, Any] = {
    "Type": "AWS::SQS::Queue",
    # Moto calls its stacks StackSet:NAME, and would call the queue so, which no queue may be called.
    "Properties": {"QueueName": "jobs", "Tags": [{"Key": "Owner", "Value": {"Ref": "Owner"}}]},
}
TEMPLATE: dict[str, Any] = {
    "Parameters": {"Owner": {"Type": "String", "MinLength": 2}},
    "Resources": {"Jobs": QUEUE},
    "Outputs": {"JobsArn": {"Value": {"Fn::GetAtt": ["Jobs", "Arn"]}}},
}


def body(**properties: Any) -> str:
    """The template, its queue with more properties."""
    queue = {**QUEUE, "Properties": {**QUEUE["Properties"], **properties}}
    return json.dumps({**TEMPLATE, "Resources": {"Jobs": queue}})


def request(
    accounts: list[str] | None = None, regions: list[str] | None = None, *, text: str = "", **more: Any
) -> Request:
    """The queue in two accounts and two regions, unless said otherwise."""
    chosen = targets(accounts=[HOME, SECOND] if accounts is None else accounts, regions=regions or [EU, US])
    return Request(more.pop("name", "jobs"), text or body(), more.pop("targets", chosen), {"Owner": "me"}, **more)


class Heard:
    """What a watch is told."""

    def __init__(self) -> None:
        self.results: list[Result] = []
        self.notes: list[str] = []

    def watch(self, **more: Any) -> Watch:
        """A watch that tells it here."""
        settings = {"timeout_seconds": 60.0, "poll_seconds": 0.0, **more}
        return Watch(on_result=self.results.append, on_note=self.notes.append, **settings)


@pytest.fixture
def heard() -> Heard:
    """Nothing so far."""
    return Heard()


@pytest.fixture
def moto_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str | None], Clients]]:
    """The home account's clients in any region, in moto."""
    from moto import mock_aws
    from moto.cloudformation.models import StackInstance

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    told = StackInstance.to_dict

    def with_the_stack_it_made(instance: StackInstance) -> dict[str, Any]:
        """Moto answers with the id of a stack that there is none of."""
        return {**told(instance), "StackId": instance.stack.stack_id}

    monkeypatch.setattr(StackInstance, "to_dict", with_the_stack_it_made)
    with mock_aws():
        yield cache(lambda region: Clients(region=region or US))


@pytest.fixture
def stack_sets(moto_clients: Callable[[str | None], Clients], heard: Heard) -> StackSets:
    """Stack sets of moto."""
    return StackSets(moto_clients(None), heard.watch())


@pytest.fixture(scope="session")
def roots(deployment_clients: Clients) -> ClientsOf:
    """Root's clients of any account and region of the embedded AWS."""
    endpoint = deployment_clients("cloudformation").meta.endpoint_url

    @cache
    def clients_of(account: str, region: str) -> Clients:
        signing = {"aws_access_key_id": account, "aws_secret_access_key": ROOT_SECRET}
        return Clients(arguments={"endpoint_url": endpoint, "region_name": region, **signing})

    return clients_of
