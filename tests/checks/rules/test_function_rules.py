"""Functions and other producers: their logs, dead letters, concurrency and traces."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rules.function_has_dead_letters import FunctionHasDeadLetters
from tap_templates.checks.rules.function_is_traced import FunctionIsTraced
from tap_templates.checks.rules.function_reserves_concurrency import FunctionReservesConcurrency
from tap_templates.checks.rules.producer_has_log_group import ProducerHasLogGroup

FUNCTION = "AWS::Lambda::Function"
ARN = {"Fn::GetAtt": ["It", "Arn"]}
QUEUE = {"Failures": {"Type": "AWS::SQS::Queue"}}
FAILURES = {"Fn::GetAtt": ["Failures", "Arn"]}


def log(**properties: Any) -> dict[str, Any]:
    """A log group of the template."""
    return {"Log": {"Type": "AWS::Logs::LogGroup", "Properties": properties}}


def invoked_by(kind: str, **properties: Any) -> dict[str, Any]:
    """Something that invokes the function It."""
    return {"Caller": {"Type": kind, "Properties": properties}}


RULE = invoked_by("AWS::Events::Rule", Targets=[{"Id": "It", "Arn": ARN}])


@pytest.mark.parametrize(
    "resources",
    [
        {**one(FUNCTION, LoggingConfig={"LogGroup": {"Ref": "Log"}}), **log()},
        {**one(FUNCTION, LoggingConfig={"LogGroup": "orders"}), **log(LogGroupName="orders")},
        {**one(FUNCTION), **log(LogGroupName={"Fn::Sub": "/aws/lambda/${It}"})},
        {**one(FUNCTION, FunctionName="orders"), **log(LogGroupName="/aws/lambda/orders")},
        {
            **one(FUNCTION, FunctionName={"Fn::Sub": "${Project}-orders"}),
            **log(LogGroupName={"Fn::Join": ["", ["/aws/lambda/", {"Ref": "Project"}, "-orders"]]}),
        },
        {**one("AWS::CodeBuild::Project", Name="build"), **log(LogGroupName="/aws/codebuild/build")},
        {
            **one("AWS::ApiGateway::Stage", AccessLogSetting={"DestinationArn": {"Fn::GetAtt": ["Log", "Arn"]}}),
            **log(),
        },
        {
            **one("AWS::ApiGatewayV2::Stage", AccessLogSettings={"DestinationArn": {"Fn::Sub": "${Log.Arn}"}}),
            **log(),
        },
        {
            **one(
                "AWS::StepFunctions::StateMachine",
                LoggingConfiguration={
                    "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": ["Log", "Arn"]}}}]
                },
            ),
            **log(),
        },
    ],
)
def test_producer_with_a_log_group_holds(resources: dict[str, Any]) -> None:
    """By the property that names it, or by the name that the service uses."""
    assert results(ProducerHasLogGroup, resources) == ["holds"]


@pytest.mark.parametrize(
    ("resources", "path", "property_"),
    [
        (one(FUNCTION), "", "LoggingConfig.LogGroup"),
        ({**one(FUNCTION), **log(LogGroupName="/aws/lambda/other")}, "", "LoggingConfig.LogGroup"),
        (
            {**one(FUNCTION, LoggingConfig={"LogGroup": FAILURES}), **QUEUE},
            "/LoggingConfig/LogGroup",
            "LoggingConfig.LogGroup",
        ),
        (one("AWS::ApiGateway::Stage"), "", "AccessLogSetting.DestinationArn"),
        ({**one("AWS::ApiGateway::Stage"), **log(LogGroupName="It")}, "", "AccessLogSetting.DestinationArn"),
        (
            one("AWS::StepFunctions::StateMachine", LoggingConfiguration={"Level": "OFF"}),
            "/LoggingConfiguration",
            "LoggingConfiguration.Destinations.CloudWatchLogsLogGroup.LogGroupArn",
        ),
    ],
)
def test_producer_without_a_log_group_fails(resources: dict[str, Any], path: str, property_: str) -> None:
    """The service makes one by itself, or writes nothing."""
    [(result, place, message)] = said(ProducerHasLogGroup, resources)

    assert (result, place) == ("fails", f"Resources/It/Properties{path}")
    assert message.endswith(f"; name a log group of this template in {property_}")


@pytest.mark.parametrize("group", ["elsewhere", {"Ref": "Name"}, {"Fn::ImportValue": "log"}])
def test_log_group_of_elsewhere_cannot_be_told(group: Any) -> None:
    """It may have any retention, or none."""
    assert results(ProducerHasLogGroup, one(FUNCTION, LoggingConfig={"LogGroup": group})) == ["cannot tell"]


@pytest.mark.parametrize(
    "caller",
    [
        RULE,
        invoked_by("AWS::SNS::Subscription", Protocol="lambda", Endpoint=ARN),
        invoked_by("AWS::Scheduler::Schedule", Target={"Arn": ARN}),
        invoked_by(
            "AWS::S3::Bucket",
            NotificationConfiguration={"LambdaConfigurations": [{"Event": "s3:ObjectCreated:*", "Function": ARN}]},
        ),
        invoked_by("AWS::Lambda::Permission", FunctionName={"Ref": "It"}, Principal="iot.amazonaws.com"),
    ],
)
def test_function_that_is_invoked_asynchronously_needs_dead_letters(caller: dict[str, Any]) -> None:
    """Whoever invokes it does not wait for the answer."""
    assert said(FunctionHasDeadLetters, {**one(FUNCTION), **caller}) == [
        (
            "fails",
            "Resources/It/Properties",
            "It: found nothing; set DeadLetterConfig.TargetArn to a queue, or OnFailure in an EventInvokeConfig",
        )
    ]


@pytest.mark.parametrize(
    "caller",
    [
        {},
        invoked_by("AWS::Lambda::Permission", FunctionName={"Ref": "It"}, Principal="apigateway.amazonaws.com"),
        invoked_by("AWS::SNS::Subscription", Protocol="email", Endpoint="ops@example.com"),
        invoked_by("AWS::Events::Rule", Targets="x"),
    ],
)
def test_function_that_is_waited_for_needs_none(caller: dict[str, Any]) -> None:
    """Its caller learns of the error."""
    assert results(FunctionHasDeadLetters, {**one(FUNCTION), **caller}) == []


@pytest.mark.parametrize(
    ("target", "result"),
    [
        (FAILURES, "holds"),
        ("arn:aws:sqs:eu-west-1:123456789012:failures", "holds"),
        ({"Ref": "Arn"}, "cannot tell"),
        (NO_VALUE, "fails"),
        (either("IsProd", FAILURES, NO_VALUE), "fails"),
    ],
)
def test_dead_letter_target_is_given(target: Any, result: str) -> None:
    """In every case."""
    resources = {**one(FUNCTION, DeadLetterConfig={"TargetArn": target}), **QUEUE, **RULE}

    assert results(FunctionHasDeadLetters, resources, Parameters={"Arn": {"Type": "String"}}) == [result]


def test_case_without_dead_letters_is_named() -> None:
    """At the side that leaves them out."""
    config = {"TargetArn": either("IsProd", FAILURES, NO_VALUE)}

    [(_, path, message)] = said(FunctionHasDeadLetters, {**one(FUNCTION, DeadLetterConfig=config), **QUEUE, **RULE})

    assert path == "Resources/It/Properties/DeadLetterConfig/TargetArn/Fn::If/2"
    assert message.endswith("OnFailure in an EventInvokeConfig where IsProd does not hold")


def test_destination_on_failure_counts() -> None:
    """Of an EventInvokeConfig of the function, and of no other."""

    def config(function: Any) -> dict[str, Any]:
        destination = {"OnFailure": {"Destination": FAILURES}}
        properties = {"FunctionName": function, "DestinationConfig": destination, "Qualifier": "$LATEST"}
        return {"Config": {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": properties}}

    function = {**one(FUNCTION), **QUEUE, **RULE}

    assert results(FunctionHasDeadLetters, {**function, **config({"Ref": "It"})}) == ["holds"]
    assert results(FunctionHasDeadLetters, {**function, **config("other")}) == ["fails"]


@pytest.mark.parametrize(
    ("value", "result"),
    [
        (1, "holds"),
        (either("IsNew", NO_VALUE, 1), "holds"),
        (NO_VALUE, "fails"),
        ({"Ref": "Count"}, "cannot tell"),
        (either("IsNew", NO_VALUE, {"Ref": "Count"}), "cannot tell"),
    ],
)
def test_function_reserves_concurrency(value: Any, result: str) -> None:
    """A condition may leave it out, for accounts that have nothing to reserve."""
    assert results(FunctionReservesConcurrency, one(FUNCTION, ReservedConcurrentExecutions=value)) == [result]


@pytest.mark.parametrize(
    ("mode", "result"),
    [
        ("Active", "holds"),
        ("PassThrough", "fails"),
        (NO_VALUE, "fails"),
        ({"Ref": "Mode"}, "cannot tell"),
        ("{{resolve:ssm:/mode}}", "cannot tell"),
    ],
)
def test_function_is_traced(mode: Any, result: str) -> None:
    """Only Active traces by itself."""
    assert results(FunctionIsTraced, one(FUNCTION, TracingConfig={"Mode": mode})) == [result]
