"""Alarms: that they tell someone, and that they measure what there is."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rules.alarm_has_action import AlarmHasAction
from tap_templates.checks.rules.alarm_metric_exists import AlarmMetricExists

ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
TOPIC = {"Ref": "Topic"}
OTHERS = {"Topic": {"Type": "AWS::SNS::Topic"}}
PARAMETERS = {"Arn": {"Type": "String"}, "Given": {"Type": "String", "MinLength": 1}}


@pytest.mark.parametrize("kind", [ALARM, COMPOSITE])
@pytest.mark.parametrize(
    ("actions", "result"),
    [
        ([TOPIC], "holds"),
        ([{"Ref": "Given"}], "holds"),
        (["arn:aws:sns:eu-west-1:123456789012:alarms"], "holds"),
        (TOPIC, "holds"),
        ([either("IsProd", TOPIC, NO_VALUE), TOPIC], "holds"),
        ([either("IsProd", TOPIC, NO_VALUE), either("IsProd", NO_VALUE, TOPIC)], "holds"),
        ([], "fails"),
        (NO_VALUE, "fails"),
        ([NO_VALUE], "fails"),
        ([""], "fails"),
        ([{"Ref": "Arn"}], "cannot tell"),
        ({"Ref": "Arns"}, "cannot tell"),
        ({"Fn::Split": [",", {"Ref": "Arn"}]}, "cannot tell"),
    ],
)
def test_alarm_has_an_action(kind: str, actions: Any, result: str) -> None:
    """In every case there is someone to tell."""
    found = results(AlarmHasAction, {**one(kind, AlarmActions=actions), **OTHERS}, Parameters=PARAMETERS)

    assert found == [result]


def test_case_without_an_action_is_named() -> None:
    """The condition under which nobody is told."""
    assert said(AlarmHasAction, {**one(ALARM, AlarmActions=[either("IsProd", TOPIC, NO_VALUE)]), **OTHERS}) == [
        (
            "fails",
            "Resources/It/Properties/AlarmActions",
            "It.AlarmActions: found [{'Fn::If': ['IsProd', {'Ref': 'Topic'}, {'Ref': 'AWS::NoValue'}]}]; "
            "name a topic in AlarmActions where IsProd does not hold",
        )
    ]


@pytest.mark.parametrize(
    ("switch", "result"),
    [
        (True, "holds"),
        ("true", "holds"),
        (False, "fails"),
        ("false", "fails"),
        ({"Ref": "On"}, "cannot tell"),
        ("{{resolve:ssm:/on}}", "cannot tell"),
    ],
)
def test_actions_are_not_switched_off(switch: Any, result: str) -> None:
    """ActionsEnabled is true where it is left out."""
    assert results(AlarmHasAction, {**one(ALARM, AlarmActions=[TOPIC], ActionsEnabled=switch), **OTHERS}) == [
        "holds",
        result,
    ]


def alarm(namespace: Any, name: Any, *dimensions: Any) -> dict[str, Any]:
    """An alarm on a metric."""
    rows = [{"Name": each, "Value": "x"} for each in dimensions]
    return one(ALARM, Namespace=namespace, MetricName=name, Dimensions=rows)


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        (alarm("AWS/Lambda", "Errors", "FunctionName"), ["holds", "holds"]),
        (alarm("AWS/SQS", "ApproximateAgeOfOldestMessage"), ["holds"]),
        (alarm("AWS/Lambda", "errors", "FunctionName"), ["fails", "holds"]),
        (alarm("AWS/Lambda", "Errors", "Function"), ["holds", "fails"]),
        (alarm("AWS/Lambda", {"Ref": "Metric"}, {"Ref": "Name"}), ["cannot tell", "cannot tell"]),
        (alarm("AWS/Unheard", "Errors"), ["cannot tell"]),
        (alarm(["AWS/Lambda"], "Errors"), ["cannot tell"]),
        (alarm("Payments", "Refused"), ["cannot tell"]),
        (alarm({"Ref": "Namespace"}, "Refused"), ["cannot tell"]),
        (alarm(either("IsProd", "AWS/Lambda", "AWS/SQS"), "Errors"), ["holds", "fails"]),
    ],
)
def test_metric_is_one_that_there_is(resources: dict[str, Any], expected: list[str]) -> None:
    """AWS's own by a table; one of a program cannot be told."""
    assert results(AlarmMetricExists, resources) == expected


def test_misspelt_metric_gets_a_suggestion() -> None:
    """The nearest that the namespace has."""
    assert said(AlarmMetricExists, alarm("AWS/Lambda", "Error", "Functionname")) == [
        (
            "fails",
            "Resources/It/Properties/MetricName",
            "It.MetricName: found 'Error'; use a metric that AWS/Lambda has (did you mean Errors?)",
        ),
        (
            "fails",
            "Resources/It/Properties/Dimensions/0/Name",
            "It.Dimensions.0.Name: found 'Functionname'; use a dimension that AWS/Lambda has "
            "(did you mean FunctionName?)",
        ),
    ]


@pytest.mark.parametrize("namespace", ["Payments", {"Ref": "AWS::StackName"}, {"Fn::Sub": "${AWS::StackName}/x"}])
def test_metric_of_a_filter_of_the_template_holds(namespace: Any) -> None:
    """Namespace and name are compared as they are written."""
    made = {"MetricName": "Refused", "MetricNamespace": namespace, "MetricValue": "1"}
    filtered = {"Filter": {"Type": "AWS::Logs::MetricFilter", "Properties": {"MetricTransformations": [made]}}}

    assert results(AlarmMetricExists, {**alarm(namespace, "Refused"), **filtered}) == ["holds"]
    assert results(AlarmMetricExists, {**alarm(namespace, "Refusd"), **filtered}) == ["cannot tell"]


def test_metrics_of_an_expression_are_judged() -> None:
    """Each where it stands."""
    metric = {"Namespace": "AWS/Lambda", "MetricName": "Wrong", "Dimensions": [{"Name": "FunctionName", "Value": "x"}]}

    assert [
        (result, path)
        for result, path, _ in said(AlarmMetricExists, one(ALARM, Metrics=[{"MetricStat": {"Metric": metric}}]))
    ] == [("fails", "Resources/It/Properties/Metrics/0/MetricStat/Metric/MetricName")]
