"""Functions: how they are built, what they may do, and what becomes of what they fail on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.clean import findings
from support.component_samples import ANSWERS, asked, fixed, fixed_name, untagged
from support.deployment import deployed
from troposphere import encode_to_dict

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.functions import Function, function
from tap_templates.components.identity import permissions_boundary
from tap_templates.components.storage import access_log_bucket, data_bucket
from tap_templates.deployment import Clients
from tap_templates.errors import PropertyError
from tap_templates.settings import Settings
from tap_templates.stack import Stack

SOURCE = "def handler(event, context):\n    return {'said': event}\n"


def stack_with_function(settings: Settings | None = None, **given: Any) -> tuple[Stack, Function]:
    """A stack with one function."""
    stack = Stack(settings or fixed())
    permissions_boundary(stack)
    given = {"source": SOURCE, "description": "Says it again", **given}
    return stack, function(stack, "Echo", topic=alarm_topic(stack), **given)


def test_function() -> None:
    """Newest Python, arm64, traced, with reserved concurrency of the environment, dead letters and a log group."""
    echo = untagged(stack_with_function()[0].to_dict()["Resources"]["Echo"])

    assert echo == {
        "Type": "AWS::Lambda::Function",
        "DependsOn": ["EchoRolePolicy"],
        "Properties": {
            "FunctionName": fixed_name("echo"),
            "Description": "Says it again",
            "Runtime": "python3.14",
            "Architectures": ["arm64"],
            "Handler": "index.handler",
            "Code": {"ZipFile": SOURCE},
            "Role": {"Fn::GetAtt": ["EchoRole", "Arn"]},
            "Timeout": 30,
            "MemorySize": 256,
            "ReservedConcurrentExecutions": 20,
            "DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["EchoFailures", "Arn"]}},
            "TracingConfig": {"Mode": "Active"},
            "LoggingConfig": {"LogGroup": {"Ref": "EchoLog"}},
        },
    }


def test_concurrency_follows_the_environment_and_the_account() -> None:
    """Asked for at upload, the environment chooses the amount, and the account's answer whether any is reserved."""
    amount = stack_with_function(asked())[0].to_dict()["Resources"]["Echo"]["Properties"][
        "ReservedConcurrentExecutions"
    ]

    assert amount == {
        "Fn::If": [
            "ReservesConcurrency",
            {"Fn::FindInMap": ["Environments", {"Ref": "Environment"}, "ReservedConcurrency"]},
            {"Ref": "AWS::NoValue"},
        ]
    }
    for given, expected in ((True, 7), (False, None)):
        stack, _ = stack_with_function(fixed(reserve_concurrency=given), concurrency=7)
        properties = stack.to_dict()["Resources"]["Echo"]["Properties"]
        assert properties.get("ReservedConcurrentExecutions") == expected


def test_more_rights_come_before_the_function_runs() -> None:
    """What is granted later is a policy of its own, which the function waits for."""
    stack, echo = stack_with_function()
    echo.may(data_bucket(stack, "Documents", access_logs=access_log_bucket(stack)).read(), title="ReadsDocuments")
    resources = stack.to_dict()["Resources"]

    assert resources["EchoReadsDocuments"]["Properties"]["Roles"] == [{"Ref": "EchoRole"}]
    assert resources["Echo"]["DependsOn"] == ["EchoRolePolicy", "EchoReadsDocuments"]


def test_invoking_is_granted_on_the_function() -> None:
    """And on nothing else."""
    [statement] = stack_with_function()[1].invoke()

    assert encode_to_dict(statement) == {
        "Sid": "InvokeEcho",
        "Effect": "Allow",
        "Action": ["lambda:InvokeFunction"],
        "Resource": [{"Fn::GetAtt": ["Echo", "Arn"]}],
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"runtime": "python3.99"},
            "Echo.Runtime: found 'python3.99'; use a runtime that Lambda has (did you mean python3.9?)",
        ),
        (
            {"runtime": "java21"},
            "Echo.Runtime: found 'java21'; "
            "inline source can be python or nodejs only; pass the Path of a file or a folder instead",
        ),
        ({"timeout_seconds": 901}, "Echo.Timeout: found 901; use 1 to 900 seconds"),
        ({"memory_mib": 64}, "Echo.MemorySize: found 64; use 128 to 10240 MiB"),
        ({"architecture": "arm"}, "Echo.Architectures: found 'arm'; use arm64 or x86_64"),
    ],
)
def test_what_lambda_does_not_take(given: dict[str, Any], message: str) -> None:
    """It is said when the function is built."""
    with pytest.raises(PropertyError) as caught:
        stack_with_function(**given)
    assert str(caught.value) == message


@pytest.mark.parametrize("make", [fixed, asked])
def test_no_check_finds_anything(make: Any) -> None:
    """In both bindings, with variables."""
    assert findings(stack_with_function(make(), variables={"GREETING": "hello"})[0]) == []


def test_deployed_and_invoked(component_clients: Clients) -> None:
    """All is applied, and the handler answers."""
    stack, _ = stack_with_function(asked(), variables={"GREETING": "hello"})
    with deployed(stack, component_clients, ANSWERS) as sample:
        assert not sample.read_back().failures()
        answer = component_clients("lambda").invoke(FunctionName=sample.outputs["EchoName"], Payload=b'{"a": 1}')
        assert json.loads(answer["Payload"].read()) == {"said": {"a": 1}}
