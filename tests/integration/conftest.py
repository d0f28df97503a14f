"""The flagship deployed into an embedded AWS once for all tests of this folder, as a user deploys it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tap_templates import Settings, build
from tap_templates.deployment import Clients, DeployedStack, deploy, uploader
from tap_templates.emulator import EmbeddedAws

USERS = [{"name": "alice", "groups": ["developers"]}, {"name": "bob", "groups": ["operators"]}]
ANSWERS = {"Project": "payments", "Environment": "dev", "Owner": "team@example.com", "CostCenter": "CC-1"}


class Deployed(NamedTuple):
    """A deployed stack, the embedded AWS it runs in, and root's clients."""

    embedded: EmbeddedAws
    clients: Clients
    stack: DeployedStack

    def user(self, title: str) -> str:
        """Name of one of the stack's users."""
        return str(self.stack.outputs[f"{title}UserName"])

    def own_key(self, user: str, *, age_days: float = 0) -> str:
        """A new access key of a user, as old as said, that its owner has just used; the user's only one."""
        iam = self.clients("iam")
        for present in self.keys(user):
            iam.delete_access_key(UserName=user, AccessKeyId=present)
        key = iam.create_access_key(UserName=user)["AccessKey"]
        self.embedded.age_access_key(user, key["AccessKeyId"], days=age_days)
        self.clients_of(key)("sts").get_caller_identity()
        return str(key["AccessKeyId"])

    def clients_of(self, key: dict[str, Any]) -> Clients:
        """Clients that sign with an access key."""
        signing = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
        return Clients(arguments={**self.embedded.client_arguments(), **signing})

    def invoke(self) -> tuple[dict[str, Any], str | None]:
        """Runs the rotation as Lambda does: its report, and the kind of error it ended with."""
        answer = self.clients("lambda").invoke(FunctionName=self.stack.outputs["KeyRotationName"], Payload=b"{}")
        return json.loads(answer["Payload"].read()), answer.get("FunctionError")

    def keys(self, user: str) -> dict[str, str]:
        """Status of each access key of a user."""
        found = self.clients("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
        return {key["AccessKeyId"]: key["Status"] for key in found}


@pytest.fixture(scope="session")
def embedded() -> Iterator[EmbeddedAws]:
    """A running embedded AWS; stopped at the end."""
    with EmbeddedAws() as running:
        yield running


@pytest.fixture(scope="session")
def clients(embedded: EmbeddedAws) -> Clients:
    """Clients of the account's root."""
    return Clients(arguments=embedded.client_arguments())


@pytest.fixture(scope="session")
def deployed(embedded: EmbeddedAws, clients: Clients) -> Deployed:
    """``secure-enterprise`` with two users, everything else asked for at upload."""
    body = build("secure-enterprise", Settings(users=USERS)).to_json(compact=True)
    name = f"flagship-{uuid.uuid4().hex[:6]}"
    stack = deploy(
        body, stack_name=name, client=clients("cloudformation"), upload=uploader(clients), parameters=ANSWERS
    )
    return Deployed(embedded, clients, stack)
