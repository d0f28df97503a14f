"""The function that closes a VPC's default security group: what it does, and what it answers."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from group_fakes import (
    CLOSED,
    DEFAULT,
    FROM_ITSELF,
    GROUP,
    STACK,
    TO_EVERYWHERE,
    Context,
    FakeAws,
    Function,
    client_error,
    event,
)
from moto import mock_aws

from tap_templates.runtime import default_security_group
from tap_templates.runtime.permissions import DEFAULT_SECURITY_GROUP

SOURCE = Path(default_security_group.__file__)
OTHERS = {
    "ingress": [
        FROM_ITSELF,
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
    ],
    "egress": [TO_EVERYWHERE, {"IpProtocol": "-1", "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}],
}


@pytest.fixture(scope="module")
def function() -> Function:
    """The handler's source."""
    return Function(compile(SOURCE.read_text(), str(SOURCE), "exec"))


def answered(status: str, group: str = GROUP, *, reason: str = "", request: str = "1") -> dict[str, Any]:
    """An answer, written out."""
    return {
        "StackId": STACK,
        "RequestId": request,
        "LogicalResourceId": "NetworkDefaultGroup",
        "PhysicalResourceId": group,
        "Status": status,
        "Reason": reason,
    }


@pytest.mark.parametrize("rules", [DEFAULT, OTHERS, CLOSED], ids=["of a new VPC", "and others", "none"])
@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_no_rule_is_left(function: Function, kind: str, rules: dict[str, list[Any]]) -> None:
    """Whatever rules the group had, and when it had none."""
    aws = FakeAws(rules)

    function.run(aws, event(kind))

    assert aws.rules == CLOSED
    assert aws.answers == [answered("SUCCESS")]


@pytest.mark.parametrize("rules", [CLOSED, DEFAULT], ids=["closed", "restored already"])
def test_rules_of_a_new_vpc_come_back_on_delete(function: Function, rules: dict[str, list[Any]]) -> None:
    """Once, also when they are there already."""
    aws = FakeAws(rules)

    function.run(aws, event("Delete"))

    assert aws.rules == DEFAULT
    assert aws.answers == [answered("SUCCESS")]


def test_group_that_is_gone_is_no_fault_on_delete(function: Function) -> None:
    """Someone deleted the VPC by hand."""
    aws = FakeAws()
    aws.rules = None

    function.run(aws, event("Delete"))

    assert aws.answers == [answered("SUCCESS")]


def test_physical_id_is_the_group(function: Function) -> None:
    """It stays the same over updates, and a delete repeats what CloudFormation knows."""
    aws = FakeAws()
    for number, kind in enumerate(("Create", "Update", "Update")):
        function.run(aws, event(kind, request=str(number)))
    function.run(aws, event("Delete", request="3", PhysicalResourceId="as-known"))

    assert [answer["PhysicalResourceId"] for answer in aws.answers] == [GROUP, GROUP, GROUP, "as-known"]


def test_group_that_never_appears_is_answered(function: Function) -> None:
    """After several looks, with the code alone."""
    aws = FakeAws()
    aws.rules = None

    function.run(aws, event("Create"))

    assert aws.calls == ["describe"] * 6 + ["answer"]
    assert aws.answers == [answered("FAILED", reason="InvalidGroup.NotFound")]


def test_group_that_someone_keeps_opening_is_answered(function: Function) -> None:
    """It is never found without rules."""
    aws = FakeAws(CLOSED)
    aws.at = {
        number: lambda: aws.rules["ingress"].append(FROM_ITSELF)  # type: ignore[index]
        for number in (0, *range(2, 18, 3))
    }

    function.run(aws, event("Create"))

    assert aws.answers == [answered("FAILED", reason="TimeoutError")]


def test_role_that_is_not_known_yet_is_waited_for(function: Function) -> None:
    """IAM shows a new policy everywhere only after seconds."""
    aws = FakeAws()
    aws.faults = {0: "denied", 1: "denied", 2: "denied"}

    function.run(aws, event("Create"))

    assert aws.rules == CLOSED
    assert aws.answers == [answered("SUCCESS")]
    assert aws.slept == [4, 4, 4]


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
def test_request_without_a_group_is_answered(function: Function, kind: str) -> None:
    """With a name for the resource, without which CloudFormation accepts no answer."""
    aws = FakeAws()

    function.run(aws, event(kind, None, PhysicalResourceId="NetworkDefaultGroup"))

    assert aws.answers == [answered("FAILED", "NetworkDefaultGroup", reason="KeyError")]
    assert aws.rules == DEFAULT


@pytest.mark.parametrize(
    ("error", "times"), [(MemoryError("secret"), 6), (SystemExit("secret"), 1), (KeyboardInterrupt(), 1)]
)
def test_whatever_is_raised_is_answered(function: Function, error: BaseException, times: int) -> None:
    """Also what is no Exception; its type is told, its text is not."""
    aws = FakeAws()

    def crash() -> None:
        raise error

    aws.at = dict.fromkeys(range(times), crash)

    function.run(aws, event("Create"))

    assert aws.answers == [answered("FAILED", reason=type(error).__name__)]


def test_timer_answers_when_time_is_nearly_up(function: Function) -> None:
    """Thirty seconds before the end, once: what the run would answer later is not sent, and it stops."""
    aws = FakeAws(OTHERS)
    aws.at = {1: lambda: aws.timers[0].fire()}

    function.run(aws, event("Create"), Context(180_000))

    assert aws.timers[0].seconds == 150
    assert aws.timers[0].daemon
    assert aws.timers[0].started
    assert aws.answers == [answered("FAILED", reason="NearTimeout")]
    assert aws.calls == ["describe", "revoke ingress", "answer", "revoke egress", "describe"]


def test_timer_that_comes_late_sends_nothing(function: Function) -> None:
    """It fires between the answer and the end of the run."""
    aws = FakeAws()

    function.run(aws, event("Create"))
    aws.timers[0].fire()

    assert aws.answers == [answered("SUCCESS")]


def test_answer_is_tried_three_times(function: Function) -> None:
    """Then the run fails, so that Lambda repeats it."""
    aws = FakeAws(CLOSED)
    aws.faults = {1: "timeout", 2: "timeout"}
    function.run(aws, event("Create"))
    assert aws.answers == [answered("SUCCESS")]

    aws = FakeAws(CLOSED)
    aws.faults = {1: "timeout", 2: "timeout", 3: "timeout"}
    with pytest.raises(TimeoutError):
        function.run(aws, event("Create"))
    assert aws.answers == []


def test_presigned_address_is_not_logged(function: Function) -> None:
    """Whoever has it can answer for the function."""
    aws = FakeAws()

    function.run(aws, event("Create"))

    assert json.loads(aws.output.getvalue()) == answered("SUCCESS")


def test_other_faults_of_a_change_are_raised(function: Function) -> None:
    """Only codes that say that nothing is left to do pass."""
    aws = FakeAws()

    def denied() -> None:
        raise client_error("UnauthorizedOperation")

    aws.at = dict.fromkeys(range(6), denied)

    function.run(aws, event("Delete"))

    assert aws.answers == [answered("FAILED", reason="UnauthorizedOperation")]


def test_permissions_are_what_it_calls() -> None:
    """Each operation, and no other."""
    tree = ast.parse(SOURCE.read_text())
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    words = set(re.findall(r'change\("(\w+)"', SOURCE.read_text()))
    operations = {"DescribeSecurityGroups"} | {
        f"{verb.title()}SecurityGroup{side.title()}" for verb in words for side, _ in default_security_group.SIDES
    }

    assert "describe_security_groups" in called
    assert words == {"revoke", "authorize"}
    assert {name.removeprefix("ec2:") for name in DEFAULT_SECURITY_GROUP} == operations


@mock_aws
def test_with_boto3(function: Function, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real client's words: the rules of a VPC's default group go and come back."""
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
    ):
        monkeypatch.setenv(name, value)
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    of_vpc = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]

    def group() -> dict[str, Any]:
        [found] = ec2.describe_security_groups(Filters=of_vpc)["SecurityGroups"]
        return dict(found)

    fresh = group()
    ec2.authorize_security_group_ingress(GroupId=fresh["GroupId"], IpPermissions=OTHERS["ingress"][1:])
    aws = FakeAws()
    module = function.load(aws)
    module["boto3"] = boto3

    module["handler"](event("Create", fresh["GroupId"]), Context())
    assert (group()["IpPermissions"], group()["IpPermissionsEgress"]) == ([], [])
    module["handler"](event("Delete", fresh["GroupId"]), Context())
    assert group()["IpPermissionsEgress"] == fresh["IpPermissionsEgress"]
    [own] = group()["IpPermissions"]
    assert (own["IpProtocol"], own["UserIdGroupPairs"][0]["GroupId"]) == ("-1", fresh["GroupId"])
    assert [answer["Status"] for answer in aws.answers] == ["SUCCESS", "SUCCESS"]
