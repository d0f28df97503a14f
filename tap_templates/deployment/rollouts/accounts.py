"""Clients of the accounts that a rollout goes to: through the execution role of each, or another one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from tap_templates.data.regions import partition_of
from tap_templates.deployment.clients import Clients, aws_errors
from tap_templates.deployment.rollouts.distributor import ClientsOf

SESSION_NAME = "tap-templates-rollout"


def assumed_roles(
    clients_in: Callable[[str | None], Clients], role: str, *, endpoint_url: str | None = None
) -> ClientsOf:
    """Clients of any account and region, signed for by its role of that name; the caller's own account needs no role.

    Args:
        clients_in: the caller's own clients in a region, or in its usual one
        role: name of the role that each account has and that trusts the caller

    Raises (the function):
        DeploymentError: The account's role cannot be assumed; names both.
    """

    @cache
    def own_account() -> str:
        with aws_errors("the caller's account"):
            return str(clients_in(None)("sts").get_caller_identity()["Account"])

    @cache
    def credentials(account: str, partition: str) -> dict[str, str]:
        arn = f"arn:{partition}:iam::{account}:role/{role}"
        with aws_errors(f"role {role} of account {account}"):
            given = clients_in(None)("sts").assume_role(RoleArn=arn, RoleSessionName=SESSION_NAME)["Credentials"]
        return {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }

    def clients_of(account: str, region: str) -> Clients:
        if account == own_account():
            return clients_in(region)
        signing = credentials(account, partition_of(region) or "aws")
        return Clients(region=region, endpoint_url=endpoint_url, arguments=signing)

    return clients_of
