"""Log groups: how long they keep, who reads them, and with which key they are encrypted."""

from __future__ import annotations

from typing import Any

import pytest
from support.clean import findings
from support.component_samples import ANSWERS, asked, fixed, fixed_name, untagged
from support.deployment import deployed
from support.iam_evaluator import ALLOWED, NOT_ALLOWED, Request, decision
from support.resolved_template import ACCOUNT, OTHER_ACCOUNT, Resolved
from troposphere import encode_to_dict

from tap_templates.components.logs import LogGroup, log_group
from tap_templates.deployment import Clients
from tap_templates.settings import Settings
from tap_templates.stack import Stack

LOGS = "logs.eu-central-1.amazonaws.com"
OWN = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:payments-prod-app-log-ab12cd34"


def stack_with_log(settings: Settings | None = None) -> tuple[Stack, LogGroup]:
    """A stack with one log group."""
    stack = Stack(settings or fixed())
    return stack, log_group(stack, "AppLog", says="log group of the application")


def test_log_group() -> None:
    """It keeps its events as the setting says, and stays when the stack goes."""
    assert untagged(stack_with_log()[0].to_dict()["Resources"]["AppLog"]) == {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "LogGroupName": fixed_name("app-log"),
            "RetentionInDays": 400,
            "KmsKeyId": {"Fn::GetAtt": ["LogsKey", "Arn"]},
        },
    }


def test_log_groups_share_one_key() -> None:
    """However many groups there are, there is one key, with its alias."""
    stack, _ = stack_with_log()
    log_group(stack, "OtherLog", says="another")

    assert sorted(stack.template.resources) == ["AppLog", "LogsKey", "LogsKeyAlias", "OtherLog"]


@pytest.mark.parametrize(
    ("service", "action", "group", "expected"),
    [
        (LOGS, "kms:GenerateDataKey", OWN, ALLOWED),
        (LOGS, "kms:Encrypt", OWN, ALLOWED),
        (LOGS, "kms:ReEncryptTo", OWN, ALLOWED),
        (LOGS, "kms:CreateGrant", OWN, NOT_ALLOWED),
        (LOGS, "kms:Decrypt", OWN.replace("ab12cd34", "00000000"), NOT_ALLOWED),
        (LOGS, "kms:Decrypt", OWN.replace(ACCOUNT, OTHER_ACCOUNT), NOT_ALLOWED),
        ("logs.us-east-1.amazonaws.com", "kms:Decrypt", OWN, NOT_ALLOWED),
        ("sns.amazonaws.com", "kms:Decrypt", OWN, NOT_ALLOWED),
    ],
)
def test_key_is_used_for_groups_of_the_stack(service: str, action: str, group: str, expected: str) -> None:
    """CloudWatch Logs of this Region encrypts and decrypts with it, for log groups with the stack's names."""
    policy = Resolved(stack_with_log()[0].to_dict()).properties("LogsKey")["KeyPolicy"]
    context = {"kms:EncryptionContext:aws:logs:arn": group}

    assert decision(Request(action, "arn:aws:kms:::key/k", service, context=context), policy) == expected


def test_name_of_logs_in_china() -> None:
    """CloudWatch Logs is a principal of its Region, with the partition's own suffix."""
    pseudo = {"AWS__Region": "cn-north-1", "AWS__URLSuffix": "amazonaws.com.cn", "AWS__Partition": "aws-cn"}
    policy = Resolved(stack_with_log()[0].to_dict(), **pseudo).properties("LogsKey")["KeyPolicy"]

    assert policy["Statement"][1]["Principal"] == {"Service": "logs.cn-north-1.amazonaws.com.cn"}


def test_verbs_name_the_group() -> None:
    """Writing is what a function needs for its log; reading is what a query needs."""
    _, log = stack_with_log()
    [writing], [reading] = ([encode_to_dict(each) for each in verb] for verb in (log.write(), log.read()))

    assert (writing["Sid"], writing["Action"]) == ("WriteAppLog", ["logs:CreateLogStream", "logs:PutLogEvents"])
    assert reading["Sid"] == "ReadAppLog"
    assert "logs:StartQuery" in reading["Action"]
    assert writing["Resource"] == reading["Resource"] == [{"Fn::GetAtt": ["AppLog", "Arn"]}]


def test_events_are_counted_in_the_namespace_of_the_stack() -> None:
    """A metric filter counts one for each event that matches; its title can be said."""
    stack, log = stack_with_log()
    log.measure("Failures", '{ $.level = "error" }')
    log.measure("Failures", '{ $.level = "fatal" }', title="FatalFilter")
    resources = stack.to_dict()["Resources"]

    assert resources["FailuresFilter"]["Properties"] == {
        "LogGroupName": {"Ref": "AppLog"},
        "FilterPattern": '{ $.level = "error" }',
        "MetricTransformations": [
            {"MetricName": "Failures", "MetricNamespace": {"Ref": "AWS::StackName"}, "MetricValue": "1"}
        ],
    }
    assert resources["FatalFilter"]["Properties"]["FilterPattern"] == '{ $.level = "fatal" }'


@pytest.mark.parametrize("make", [fixed, asked])
def test_no_check_finds_anything(make: Any) -> None:
    """In both bindings, also where the log groups must have a key of one's own."""
    assert findings(stack_with_log(make())[0]) == []
    assert findings(stack_with_log(fixed(requirements={"customer_managed_keys": ["logs"]}))[0]) == []


def test_all_is_applied(component_clients: Clients) -> None:
    """Retention, key and metric filter are read back as they were stated."""
    stack, log = stack_with_log(asked())
    log.measure("Failures", "ERROR")
    with deployed(stack, component_clients, ANSWERS) as sample:
        assert not sample.read_back().failures()
