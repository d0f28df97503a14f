"""The outputs of all instances, merged under keys that come apart again; all of them or none."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from deployment.rollouts.conftest import EU, HOME, SECOND, US
from hypothesis import given
from hypothesis import strategies as st

from tap_templates.data.regions import regions
from tap_templates.deployment.outputs import OutputError
from tap_templates.deployment.rollouts import Instance, assumed_roles, merged_key, parts_of, rollout_outputs
from tap_templates.errors import DeploymentError

KEYS = st.from_regex(r"[A-Za-z0-9]{1,40}", fullmatch=True)
ACCOUNTS = st.from_regex(r"[0-9]{12}", fullmatch=True)


@given(KEYS, ACCOUNTS, st.sampled_from(regions()))
def test_a_key_comes_apart_again(key: str, account: str, region: str) -> None:
    """Whatever CloudFormation takes as an output's key, and for every region there is."""
    merged = merged_key(key, account, region)

    assert parts_of(merged) == (key, account, region)
    assert merged.replace("_", "").isalnum()


def test_a_key_says_output_account_and_region() -> None:
    """The form that the documentation promises."""
    assert merged_key("DataBucketName", HOME, "eu-west-1") == f"DataBucketName_{HOME}_eu_west_1"


def instance(account: str, region: str = EU, stack_id: str = "arn:stack", reason: str = "") -> Instance:
    """An instance with a stack."""
    return Instance(account, region, "CURRENT", account, stack_id, reason=reason)


class Stacks:
    """CloudFormation of an account: one stack in a status, with outputs."""

    def __init__(self, status: str = "CREATE_COMPLETE", **outputs: str) -> None:
        self.status, self.outputs = status, outputs

    def __call__(self, service: str) -> Any:
        """The client."""
        return self

    def describe_stacks(self, **arguments: Any) -> Any:
        """The stack."""
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self.outputs.items()]
        return {"Stacks": [{"StackStatus": self.status, "StackName": "s", "StackId": "id", "Outputs": outputs}]}

    def get_template(self, **arguments: Any) -> Any:
        """A template of which nothing is secret."""
        return {"TemplateBody": {"Resources": {}}}


def test_every_place_that_cannot_be_read_is_named() -> None:
    """One that was never created, one that failed, one without outputs, one that refuses: none is passed over."""

    def clients_of(account: str, region: str) -> Any:
        if account == HOME and region == US:
            raise DeploymentError("role", found="AccessDenied: no", remedy="ask for it")
        return {HOME: Stacks(A="1"), SECOND: Stacks("ROLLBACK_COMPLETE"), "777788889999": Stacks()}[account]

    asked = [
        instance(HOME),
        instance(HOME, US),
        instance(SECOND),
        instance("777788889999"),
        instance("888899990000", stack_id="", reason="Cancelled since failure tolerance has exceeded"),
    ]
    with pytest.raises(OutputError) as refused:
        rollout_outputs("jobs", asked, clients_of)

    said = str(refused.value)
    for part in (
        f"{HOME}/{US}: AccessDenied: no; ask for it",
        f"{SECOND}/{EU}: ROLLBACK_COMPLETE",
        f"777788889999/{EU}: no outputs",
        f"888899990000/{EU}: no stack (Cancelled since",
    ):
        assert part in said
    assert f"{HOME}/{EU}" not in said


def test_a_set_without_instances_has_no_outputs() -> None:
    """Said as such."""
    with pytest.raises(OutputError, match="no instances"):
        rollout_outputs("jobs", [], lambda account, region: Stacks())  # type: ignore[arg-type,return-value]


class Sts:
    """STS of the home account, whose role in one account cannot be assumed."""

    def __init__(self) -> None:
        self.assumed: list[str] = []

    def get_caller_identity(self) -> dict[str, str]:
        """Who is asking."""
        return {"Account": HOME}

    def assume_role(self, *, RoleArn: str, RoleSessionName: str) -> dict[str, Any]:  # noqa: N803
        """Credentials, or a refusal."""
        self.assumed.append(RoleArn)
        if "888899990000" in RoleArn:
            raise ClientError(
                {"Error": {"Code": "AccessDenied", "Message": f"sts:AssumeRole on {RoleArn}"}}, "AssumeRole"
            )
        return {"Credentials": {"AccessKeyId": "AKIA", "SecretAccessKey": "s", "SessionToken": "t"}}


def test_a_role_is_assumed_once_for_each_account_and_not_at_home() -> None:
    """Home is read with the caller's own access; the role's ARN is of the region's partition."""
    sts = Sts()
    clients_of = assumed_roles(lambda region: (lambda service: sts) if region is None else region, "reader")  # type: ignore[arg-type,return-value]

    assert clients_of(HOME, EU) == EU  # type: ignore[comparison-overlap]
    assert clients_of(SECOND, EU)("sqs").meta.region_name == EU
    clients_of(SECOND, US)
    clients_of("777788889999", "us-gov-west-1")
    assert sts.assumed == [
        f"arn:aws:iam::{SECOND}:role/reader",
        "arn:aws-us-gov:iam::777788889999:role/reader",
    ]
    with pytest.raises(DeploymentError, match=r"role reader of account 888899990000: found 'AccessDenied"):
        clients_of("888899990000", EU)
