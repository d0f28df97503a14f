"""IAM is enforced on what a deployed function does, on the ARNs that AWS would use, and each decision is readable."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tap_templates.emulator import Decision, EmbeddedAws
from tap_templates.emulator.decisions import read_decisions
from tap_templates.errors import UsageError

ACCOUNT = "111122223333"
CODE = """
import boto3, json

def handler(event, context):
    answers = {}
    for service, call, arguments in event.get("calls", []):
        try:
            answer = getattr(boto3.client(service), call)(**arguments)
            answer.pop("ResponseMetadata")
            answers[call] = answer
        except Exception as error:
            answers[call] = str(error)
    print("handled", event.get("note", ""))
    return json.loads(json.dumps(answers, default=str))
"""
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
KEY_ACTIONS = ["CreateAccessKey", "DeleteAccessKey", "GetAccessKeyLastUsed", "ListAccessKeys", "UpdateAccessKey"]
SECRET_ACTIONS = ["DescribeSecret", "PutSecretValue", "UpdateSecretVersionStage"]
RESOURCES = {
    "Inside": {"Type": "AWS::IAM::User", "Properties": {"UserName": "inside", "Path": "/payments/dev/"}},
    "Outside": {"Type": "AWS::IAM::User", "Properties": {"UserName": "outside", "Path": "/payments/prod/"}},
    "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "payments/dev/k", "SecretString": "v0"}},
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": TRUST,
            "Path": "/payments/dev/",
            "Policies": [
                {
                    "PolicyName": "rotate",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": [f"iam:{action}" for action in KEY_ACTIONS],
                                "Resource": [f"arn:aws:iam::{ACCOUNT}:user/payments/dev/*"],
                            },
                            {
                                "Effect": "Allow",
                                "Action": [f"secretsmanager:{action}" for action in SECRET_ACTIONS],
                                "Resource": [{"Ref": "Secret"}],
                            },
                        ],
                    },
                }
            ],
        },
    },
    "Function": {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Timeout": 30,
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": CODE},
        },
    },
}
Invoke = Callable[..., dict[str, Any]]


@pytest.fixture
def rotation(stack: Any, embedded: EmbeddedAws) -> Any:
    """A function whose role may handle the keys of users under /payments/dev/ and one secret."""
    stack.deploy(RESOURCES)
    embedded.forget_decisions()
    return stack


@pytest.fixture
def invoke(rotation: Any, clients: Any) -> Invoke:
    """Let the function make calls, one answer or error text per operation."""

    def call(*calls: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
        answer = clients("lambda").invoke(
            FunctionName=rotation.ids["Function"], Payload=json.dumps({"calls": calls}).encode()
        )
        assert "FunctionError" not in answer, answer["Payload"].read()
        return dict(json.loads(answer["Payload"].read()))

    return call


def test_function_runs_under_its_role(rotation: Any, invoke: Invoke) -> None:
    """The function is the assumed role, not root."""
    who = invoke(("sts", "get_caller_identity", {}))["get_caller_identity"]["Arn"]

    assert who == f"arn:aws:sts::{ACCOUNT}:assumed-role/{rotation.ids['Role']}/{rotation.ids['Function']}"


def test_role_reaches_users_in_its_path_and_no_others(
    rotation: Any, invoke: Invoke, clients: Any, embedded: EmbeddedAws
) -> None:
    """A resource with a path allows the users in it, denies the rest, and the decisions name the whole ARN."""
    key = clients("iam").create_access_key(UserName="inside")["AccessKey"]["AccessKeyId"]
    other = clients("iam").create_access_key(UserName="outside")["AccessKey"]["AccessKeyId"]
    try:
        inside = invoke(
            ("iam", "list_access_keys", {"UserName": "inside"}),
            ("iam", "get_access_key_last_used", {"AccessKeyId": key}),
            ("iam", "update_access_key", {"UserName": "inside", "AccessKeyId": key, "Status": "Inactive"}),
        )
        outside = invoke(
            ("iam", "list_access_keys", {"UserName": "outside"}),
            ("iam", "get_access_key_last_used", {"AccessKeyId": other}),
            ("iam", "create_access_key", {"UserName": "outside"}),
            ("iam", "list_users", {}),
        )
    finally:
        clients("iam").delete_access_key(UserName="inside", AccessKeyId=key)
        clients("iam").delete_access_key(UserName="outside", AccessKeyId=other)

    assert inside["list_access_keys"]["AccessKeyMetadata"][0]["AccessKeyId"] == key
    assert not any(isinstance(answer, str) for answer in inside.values()), inside
    assert all("AccessDenied" in answer for answer in outside.values()), outside
    found = {(d.action, d.resource_arn, d.allowed) for d in embedded.decisions(role=rotation.ids["Role"])}
    assert found >= {
        ("iam:ListAccessKeys", f"arn:aws:iam::{ACCOUNT}:user/payments/dev/inside", True),
        ("iam:GetAccessKeyLastUsed", f"arn:aws:iam::{ACCOUNT}:user/payments/dev/inside", True),
        ("iam:ListAccessKeys", f"arn:aws:iam::{ACCOUNT}:user/payments/prod/outside", False),
        ("iam:GetAccessKeyLastUsed", f"arn:aws:iam::{ACCOUNT}:user/payments/prod/outside", False),
    }


def test_key_of_another_user_is_out_of_reach(rotation: Any, invoke: Invoke, clients: Any) -> None:
    """Naming a permitted user does not open the key of another one."""
    other = clients("iam").create_access_key(UserName="outside")["AccessKey"]["AccessKeyId"]
    try:
        answers = invoke(
            ("iam", "delete_access_key", {"UserName": "inside", "AccessKeyId": other}),
            ("iam", "update_access_key", {"UserName": "inside", "AccessKeyId": other, "Status": "Inactive"}),
        )
        assert all("NoSuchEntity" in answer for answer in answers.values()), answers
    finally:
        clients("iam").delete_access_key(UserName="outside", AccessKeyId=other)


def test_user_has_two_keys_at_most(rotation: Any, clients: Any) -> None:
    """The third key is refused, as on AWS."""
    iam = clients("iam")
    made = [iam.create_access_key(UserName="inside")["AccessKey"]["AccessKeyId"] for _ in range(2)]
    try:
        with pytest.raises(ClientError, match="LimitExceeded"):
            iam.create_access_key(UserName="inside")
    finally:
        for key in made:
            iam.delete_access_key(UserName="inside", AccessKeyId=key)


def test_keys_can_be_aged_and_know_their_last_use(rotation: Any, clients: Any, embedded: EmbeddedAws) -> None:
    """A key is as old as the test says; its use is known, and ages with it."""
    iam = clients("iam")
    key = iam.create_access_key(UserName="inside")["AccessKey"]
    key_id = key["AccessKeyId"]
    try:
        assert "LastUsedDate" not in iam.get_access_key_last_used(AccessKeyId=key_id)["AccessKeyLastUsed"]
        clients.of_key("sts", key).get_caller_identity()
        with pytest.raises(ClientError, match="AccessDenied"):
            clients.of_key("sqs", key).list_queues()
        used = iam.get_access_key_last_used(AccessKeyId=key_id)["AccessKeyLastUsed"]
        assert (used["ServiceName"], used["Region"]) == ("sqs", "us-east-1")

        embedded.age_access_key("inside", key_id, days=90)
        [found] = iam.list_access_keys(UserName="inside")["AccessKeyMetadata"]
        age = datetime.now(timezone.utc) - found["CreateDate"]
        assert timedelta(days=90) <= age < timedelta(days=90, minutes=1)
        used = iam.get_access_key_last_used(AccessKeyId=key_id)["AccessKeyLastUsed"]
        assert datetime.now(timezone.utc) - used["LastUsedDate"] >= timedelta(days=90)
        with pytest.raises(UsageError, match="create a key of user outside first"):
            embedded.age_access_key("outside", key_id, days=1)
    finally:
        iam.delete_access_key(UserName="inside", AccessKeyId=key_id)


def test_version_of_a_secret_is_written_once(rotation: Any, invoke: Invoke, clients: Any) -> None:
    """A token makes a write repeatable; another value with it is refused; stages are as asked."""
    secret, token = rotation.ids["Secret"], "0" * 32
    value = {"SecretId": secret, "ClientRequestToken": token, "SecretString": "v1", "VersionStages": ["AWSPENDING"]}

    assert invoke(("secretsmanager", "put_secret_value", value))["put_secret_value"]["VersionId"] == token
    assert invoke(("secretsmanager", "put_secret_value", value))["put_secret_value"]["VersionId"] == token
    refused = invoke(("secretsmanager", "put_secret_value", {**value, "SecretString": "v2"}))
    assert "ResourceExistsException" in refused["put_secret_value"]
    manager = clients("secretsmanager")
    assert manager.describe_secret(SecretId=secret)["VersionIdsToStages"][token] == ["AWSPENDING"]
    assert manager.get_secret_value(SecretId=secret)["SecretString"] == "v0"
    assert "AccessDenied" in invoke(("secretsmanager", "get_secret_value", {"SecretId": secret}))["get_secret_value"]


def test_resource_policy_of_a_secret_binds(stack: Any, clients: Any, embedded: EmbeddedAws) -> None:
    """A Deny in the secret's own policy wins over the role's Allow, and is logged as explicit."""

    def policy(effect: str) -> dict[str, Any]:
        statement = {"Effect": effect, "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
        return {"Version": "2012-10-17", "Statement": [statement]}

    def with_effect(effect: str) -> dict[str, Any]:
        return {
            "User": {
                "Type": "AWS::IAM::User",
                "Properties": {
                    "UserName": "reader",
                    "Policies": [
                        {
                            "PolicyName": "p",
                            "PolicyDocument": {
                                "Version": "2012-10-17",
                                "Statement": [
                                    {
                                        "Effect": "Allow",
                                        "Action": "secretsmanager:GetSecretValue",
                                        "Resource": {"Ref": "Secret"},
                                    }
                                ],
                            },
                        }
                    ],
                },
            },
            "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "guarded", "SecretString": "v"}},
            "Guard": {
                "Type": "AWS::SecretsManager::ResourcePolicy",
                "Properties": {"SecretId": {"Ref": "Secret"}, "ResourcePolicy": policy(effect)},
            },
        }

    stack.deploy(with_effect("Allow"))
    key = clients("iam").create_access_key(UserName="reader")["AccessKey"]
    try:
        reader = clients.of_key("secretsmanager", key)
        assert reader.get_secret_value(SecretId="guarded")["SecretString"] == "v"
        stack.deploy(with_effect("Deny"))
        embedded.forget_decisions()
        with pytest.raises(ClientError, match="AccessDenied"):
            reader.get_secret_value(SecretId="guarded")
    finally:
        clients("iam").delete_access_key(UserName="reader", AccessKeyId=key["AccessKeyId"])
    assert {d.decision for d in embedded.decisions()} == {"Deny"}


def test_rule_invokes_the_function_it_is_permitted_to(rotation: Any, clients: Any) -> None:
    """An event reaches the function through rule and permission; its output is in CloudWatch Logs."""
    function = {"Fn::GetAtt": ["Function", "Arn"]}
    rotation.deploy(
        {
            **RESOURCES,
            "Rule": {
                "Type": "AWS::Events::Rule",
                "Properties": {
                    "EventPattern": {"source": ["tap.test"]},
                    "Targets": [{"Id": "f", "Arn": function, "Input": json.dumps({"note": "by-rule"})}],
                },
            },
            "Permission": {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "FunctionName": function,
                    "Action": "lambda:InvokeFunction",
                    "Principal": "events.amazonaws.com",
                    "SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]},
                },
            },
        }
    )
    clients("events").put_events(Entries=[{"Source": "tap.test", "DetailType": "d", "Detail": "{}"}])

    group = f"/aws/lambda/{rotation.ids['Function']}"
    deadline = time.monotonic() + 10
    seen: list[str] = []
    while not any("handled by-rule" in message for message in seen):
        assert time.monotonic() < deadline, seen
        time.sleep(0.1)
        try:
            seen = [e["message"] for e in clients("logs").filter_log_events(logGroupName=group)["events"]]
        except ClientError:
            continue


GROUP_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "iam:AddUserToGroup",
                "iam:AttachGroupPolicy",
                "iam:CreateUser",
                "iam:GetRole",
                "iam:CreatePolicy",
            ],
            "Resource": [
                f"arn:aws:iam::{ACCOUNT}:group/ops/*",
                f"arn:aws:iam::{ACCOUNT}:user/ops/*",
                f"arn:aws:iam::{ACCOUNT}:policy/ops/*",
            ],
        }
    ],
}


def test_iam_actions_are_decided_on_the_entity_aws_names(stack: Any, clients: Any) -> None:
    """Group membership is about the group, creation about the path to be, with paths everywhere."""
    stack.deploy(
        {
            "Ops": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "ops-group", "Path": "/ops/"}},
            "Other": {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "other-group"}},
            "Someone": {"Type": "AWS::IAM::User", "Properties": {"UserName": "someone"}},
            "Operator": {
                "Type": "AWS::IAM::User",
                "Properties": {
                    "UserName": "operator",
                    "Policies": [{"PolicyName": "p", "PolicyDocument": GROUP_POLICY}],
                },
            },
        }
    )
    key = clients("iam").create_access_key(UserName="operator")["AccessKey"]
    try:
        iam = clients.of_key("iam", key)
        iam.add_user_to_group(GroupName="ops-group", UserName="someone")
        iam.create_user(UserName="made", Path="/ops/")
        clients("iam").delete_user(UserName="made")
        for call, arguments in (
            (iam.add_user_to_group, {"GroupName": "other-group", "UserName": "someone"}),
            (iam.create_user, {"UserName": "made"}),
            (iam.create_policy, {"PolicyName": "p", "PolicyDocument": "{}"}),
            (
                iam.attach_group_policy,
                {"GroupName": "other-group", "PolicyArn": f"arn:aws:iam::{ACCOUNT}:policy/ops/p"},
            ),
            (iam.get_role, {"RoleName": "absent"}),
            (iam.add_role_to_instance_profile, {"InstanceProfileName": "i", "RoleName": "r"}),
        ):
            with pytest.raises(ClientError, match="AccessDenied"):
                call(**arguments)
    finally:
        clients("iam").delete_access_key(UserName="operator", AccessKeyId=key["AccessKeyId"])


def test_instance_profile_is_known_by_its_name(stack: Any, clients: Any) -> None:
    """Ref is the name, before and after an update."""

    def resources(role: str) -> dict[str, Any]:
        made = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}
        profile = {"InstanceProfileName": "tap-profile", "Path": "/tap/", "Roles": [{"Ref": role}]}
        return {"A": made, "B": made, "Profile": {"Type": "AWS::IAM::InstanceProfile", "Properties": profile}}

    for role in ("A", "B"):
        stack.deploy(resources(role))
        assert stack.ids["Profile"] == "tap-profile"
        found = clients("iam").get_instance_profile(InstanceProfileName="tap-profile")["InstanceProfile"]
        assert [r["RoleName"] for r in found["Roles"]] == [stack.ids[role]]
    stack.delete()
    with pytest.raises(ClientError, match="NoSuchEntity"):
        clients("iam").get_instance_profile(InstanceProfileName="tap-profile")


def test_decisions_are_read_line_by_line(tmp_path: Any) -> None:
    """An absent log holds nothing; a line that is still being written is left for later."""
    log = tmp_path / "log"
    assert read_decisions(log) == []
    whole = {"principal_arn": "arn:aws:iam::1:user/p/a", "action": "s3:A", "resource_arn": "*", "decision": "Allow"}
    log.write_text(json.dumps(whole) + "\n" + json.dumps(whole)[:20])

    [decision] = read_decisions(log)
    assert decision == Decision(**whole)
    assert decision.allowed
    assert decision.role == ""
