"""One embedded AWS for all tests of this folder, and a check that a type's properties are really applied."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tap_templates.emulator import EmbeddedAws, known_gaps

STACK_TIMEOUT_SECONDS = 30
POLL_SECONDS = 0.02


@pytest.fixture(scope="session")
def embedded() -> Iterator[EmbeddedAws]:
    """A running server; stopped at the end."""
    with EmbeddedAws() as aws:
        yield aws


class Clients:
    """Clients of the embedded AWS, each made once: ``clients("s3")``."""

    def __init__(self, embedded: EmbeddedAws) -> None:
        self.embedded = embedded
        self._made: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        """The client of a service."""
        if service not in self._made:
            self._made[service] = boto3.client(service, **self.embedded.client_arguments())
        return self._made[service]

    def of_key(self, service: str, key: dict[str, str]) -> Any:
        """A client that signs with an IAM access key, or with a role's temporary credentials."""
        extra = {"aws_session_token": key["SessionToken"]} if "SessionToken" in key else {}
        return boto3.client(
            service,
            endpoint_url=self.embedded.endpoint,
            region_name=self.embedded.region,
            aws_access_key_id=key["AccessKeyId"],
            aws_secret_access_key=key["SecretAccessKey"],
            **extra,
        )


@pytest.fixture(scope="session")
def clients(embedded: EmbeddedAws) -> Clients:
    """Root's clients."""
    return Clients(embedded)


class Stack:
    """One deployed template: physical ids, GetAtt values, and the template's values with both put in."""

    def __init__(self, clients: Clients) -> None:
        self.clients, self.name = clients, "t" + uuid.uuid4().hex[:10]
        self._exists = False

    def deploy(self, resources: dict[str, Any], **arguments: Any) -> Stack:
        """Create or update; fails with the stack's own reasons."""
        attributes = sorted({tuple(found) for found in _found(resources, "Fn::GetAtt")})
        outputs = {f"A{i}": {"Value": {"Fn::GetAtt": list(pair)}} for i, pair in enumerate(attributes)}
        template: dict[str, Any] = {"Resources": resources, **({"Outputs": outputs} if outputs else {})}
        cloudformation = self.clients("cloudformation")
        call = cloudformation.update_stack if self._exists else cloudformation.create_stack
        call(StackName=self.name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"], **arguments)
        self._exists = True
        stack = self._settled()
        reasons = [
            (event["LogicalResourceId"], event.get("ResourceStatusReason"))
            for event in cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
            if event["ResourceStatus"].endswith("FAILED")
        ]
        assert stack["StackStatus"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), (stack["StackStatus"], reasons)
        values = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
        self.attributes = {pair: values[f"A{i}"] for i, pair in enumerate(attributes)}
        described = cloudformation.describe_stack_resources(StackName=self.name)["StackResources"]
        self.ids = {entry["LogicalResourceId"]: entry["PhysicalResourceId"] for entry in described}
        return self

    def resolved(self, value: Any) -> Any:
        """``value`` with Ref and GetAtt replaced by what they give in this stack."""
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "Ref" in value:
            return self.ids[value["Ref"]]
        if "Fn::GetAtt" in value:
            return self.attributes[tuple(value["Fn::GetAtt"])]
        return {key: self.resolved(item) for key, item in value.items()}

    def delete(self) -> None:
        """Delete and wait; a failed deletion is a failure."""
        if self._exists:
            self.clients("cloudformation").delete_stack(StackName=self.name)
            status = self._settled()["StackStatus"]
            assert status == "DELETE_COMPLETE", status
            self._exists = False

    def _settled(self) -> dict[str, Any]:
        deadline = time.monotonic() + STACK_TIMEOUT_SECONDS
        while True:
            try:
                [stack] = self.clients("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
            except ClientError:
                return {"StackStatus": "DELETE_COMPLETE"}
            if not stack["StackStatus"].endswith("IN_PROGRESS"):
                return dict(stack)
            assert time.monotonic() < deadline, stack["StackStatus"]
            time.sleep(POLL_SECONDS)


def _found(value: Any, key: str) -> Iterator[Any]:
    if isinstance(value, dict):
        if key in value:
            yield value[key]
        for item in value.values():
            yield from _found(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _found(item, key)


@pytest.fixture
def stack(clients: Clients) -> Iterator[Stack]:
    """An empty stack, deleted at the end."""
    made = Stack(clients)
    yield made
    made.delete()


Read = Callable[[Clients, str], dict[str, Any]]
CheckType = Callable[..., None]


@pytest.fixture
def check_type(stack: Stack) -> CheckType:
    """Create, update and delete one resource, each time comparing every property with what its service says.

    ``read(clients, physical_id)`` answers with properties in the template's words, or fails when the resource is
    gone. What differs must be exactly the known gaps of the type.
    """

    def check(
        resource_type: str,
        *,
        before: dict[str, Any],
        after: dict[str, Any],
        read: Read,
        support: dict[str, Any] | None = None,
        replaced: bool = False,
        gone: bool = True,
    ) -> None:
        ids = []
        for properties in (before, after):
            subject = {"Type": resource_type, "Properties": properties}
            stack.deploy({**(support or {}), "Subject": subject})
            ids.append(stack.ids["Subject"])
            expected, actual = stack.resolved(properties), read(stack.clients, ids[-1])
            differing = {name for name in before.keys() | properties if actual.get(name) != expected.get(name)}
            gaps = {gap.property for gap in known_gaps(resource_type)}
            assert differing == gaps & set(before), {
                name: (expected.get(name), actual.get(name)) for name in differing ^ (gaps & set(before))
            }
        assert (ids[0] != ids[1]) == replaced, ids
        stack.delete()
        if gone:
            with pytest.raises((ClientError, LookupError, ValueError)):
                read(stack.clients, ids[-1])
            if replaced:
                with pytest.raises((ClientError, LookupError, ValueError)):
                    read(stack.clients, ids[0])

    return check


def tag_list(tags: Any) -> list[dict[str, str]]:
    """Tags of a list or a map as the template writes them, without CloudFormation's own."""
    pairs = tags.items() if isinstance(tags, dict) else [(tag["Key"], tag["Value"]) for tag in tags]
    return sorted(
        ({"Key": key, "Value": value} for key, value in pairs if not key.startswith("aws:")), key=lambda tag: tag["Key"]
    )


@pytest.fixture
def tags_of() -> Callable[[Any], list[dict[str, str]]]:
    """``tag_list`` for the tests of this folder."""
    return tag_list
