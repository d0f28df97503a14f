"""What is monitored: functions, queues, databases, load balancers; by alarms that are there in every case."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, said, verdicts

from tap_templates.checks.rules.database_is_monitored import DatabaseIsMonitored
from tap_templates.checks.rules.function_is_monitored import FunctionIsMonitored
from tap_templates.checks.rules.load_balancer_is_monitored import LoadBalancerIsMonitored
from tap_templates.checks.rules.queue_is_monitored import QueueIsMonitored

IT = {"Ref": "It"}
FUNCTION, QUEUE, ALARM = "AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::CloudWatch::Alarm"
INSTANCE, CLUSTER = "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
QUEUE_NAME = {"Fn::GetAtt": ["It", "QueueName"]}


def alarms(namespace: Any, dimension: Any, value: Any, *names: Any, **attributes: Any) -> dict[str, Any]:
    """An alarm on each metric of a namespace."""
    return {
        f"Alarm{index}": {
            "Type": ALARM,
            "Properties": {
                "Namespace": namespace,
                "MetricName": name,
                "Dimensions": [{"Name": dimension, "Value": value}],
            },
            **attributes,
        }
        for index, name in enumerate(names)
    }


def of_function(*names: Any, value: Any = IT, **attributes: Any) -> dict[str, Any]:
    """The function It, and an alarm on each metric of it."""
    return {**one(FUNCTION, FunctionName="work"), **alarms("AWS/Lambda", "FunctionName", value, *names, **attributes)}


def found(rule: Any, resources: dict[str, Any]) -> list[str]:
    """The words of the verdicts."""
    return [verdict.result for verdict in verdicts(rule, resources)]


@pytest.mark.parametrize("value", [IT, "work", {"Fn::Sub": "${It}"}])
def test_function_with_both_alarms_is_monitored(value: Any) -> None:
    """By reference or by its physical name."""
    assert found(FunctionIsMonitored, of_function("Errors", "Throttles", value=value)) == ["holds", "holds"]


def test_function_without_alarms_is_found_twice() -> None:
    """At the function, with what to add."""
    remedy = "of AWS/Lambda, with a dimension FunctionName that names it"

    assert said(FunctionIsMonitored, one(FUNCTION)) == [
        ("fails", "Resources/It", f"It: found 'no alarm'; add an alarm on Errors {remedy}"),
        ("fails", "Resources/It", f"It: found 'no alarm'; add an alarm on Throttles {remedy}"),
    ]


@pytest.mark.parametrize(
    "resources",
    [
        of_function("Errors", "Throttles", value="other"),
        of_function("Errors", "Throttles", value={"Fn::GetAtt": ["It", "Arn"]}),
        {**one(FUNCTION), **alarms("AWS/Lambda", "Resource", IT, "Errors", "Throttles")},
        {**one(FUNCTION), **alarms("AWS/SQS", "FunctionName", IT, "Errors", "Throttles")},
        {
            **one(FUNCTION),
            "Alarm": {"Type": ALARM, "Properties": {"Namespace": "AWS/Lambda", "MetricName": "Errors"}},
        },
        {
            **one(FUNCTION),
            "Alarm": {"Type": ALARM, "Properties": {"MetricName": "Errors", "Dimensions": ["x", IT], "Metrics": [1]}},
        },
    ],
)
def test_alarm_of_something_else_does_not_count(resources: dict[str, Any]) -> None:
    """Another function, an ARN where a name belongs, another dimension, another namespace, or all functions."""
    assert found(FunctionIsMonitored, resources) == ["fails", "fails"]


def test_alarm_on_an_expression_counts_for_its_metrics() -> None:
    """Errors as a share of Invocations."""
    dimensions = [{"Name": "FunctionName", "Value": IT}]
    metrics = [
        {"Id": "e", "Expression": "100*a/b"},
        *(
            {
                "Id": name[0].lower(),
                "MetricStat": {
                    "Metric": {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": dimensions},
                    "Stat": "Sum",
                },
            }
            for name in ("Errors", "Invocations")
        ),
    ]
    resources = {**one(FUNCTION), "Share": {"Type": ALARM, "Properties": {"Metrics": metrics}}}

    assert [(verdict.result, verdict.found) for verdict in verdicts(FunctionIsMonitored, resources)] == [
        ("holds", ["Share"]),
        ("fails", ["Share"]),
    ]


def test_alarm_of_an_unknown_function_cannot_be_told() -> None:
    """It may be this one; the other metric has none at all."""
    assert found(FunctionIsMonitored, of_function("Errors", value={"Ref": "Name"})) == ["cannot tell", "fails"]


def test_alarm_that_a_condition_leaves_out_leaves_a_gap() -> None:
    """The message names the case; where the function has the same condition there is none."""
    resources = of_function("Errors", "Throttles", Condition="IsProd")
    assert said(FunctionIsMonitored, resources)[0][2] == (
        "It: found ['Alarm0', 'Alarm1']; add an alarm on Errors where IsProd does not hold of AWS/Lambda, "
        "with a dimension FunctionName that names it"
    )

    resources["It"] = {**resources["It"], "Condition": "IsProd"}
    assert found(FunctionIsMonitored, resources) == ["holds", "holds"]


def test_alarms_of_opposite_cases_leave_no_gap() -> None:
    """One for each side of a condition."""
    both = {
        **one(FUNCTION),
        **alarms("AWS/Lambda", "FunctionName", either("IsProd", IT, NO_VALUE), "Throttles"),
        "Other": alarms("AWS/Lambda", "FunctionName", either("IsProd", NO_VALUE, IT), "Throttles")["Alarm0"],
    }

    assert found(FunctionIsMonitored, both) == ["fails", "holds"]


@pytest.mark.parametrize(
    ("metric", "result"),
    [
        ("ApproximateAgeOfOldestMessage", "holds"),
        ("ApproximateNumberOfMessagesVisible", "holds"),
        ("NumberOfMessagesSent", "fails"),
    ],
)
def test_queue_is_monitored_by_age_or_depth(metric: str, result: str) -> None:
    """Either shows that its messages are not processed."""
    resources = {**one(QUEUE), **alarms("AWS/SQS", "QueueName", QUEUE_NAME, metric)}

    assert found(QueueIsMonitored, resources) == [result]


@pytest.mark.parametrize(
    "source",
    [
        {"Type": FUNCTION, "Properties": {"DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["It", "Arn"]}}}},
        {"Type": QUEUE, "Properties": {"RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["It", "Arn"]}}}},
    ],
)
def test_dead_letter_queue_is_monitored_by_its_depth(source: dict[str, Any]) -> None:
    """Nothing should be in it; age alone does not count."""
    age, depth = (
        {**one(QUEUE), **alarms("AWS/SQS", "QueueName", QUEUE_NAME, metric), "Source": source}
        for metric in ("ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible")
    )

    assert found(QueueIsMonitored, age)[0] == "fails"
    assert found(QueueIsMonitored, depth)[0] == "holds"


def test_queue_that_others_may_redrive_to_is_one_for_dead_letters() -> None:
    """Its RedriveAllowPolicy says so, even where no source is in the template."""
    queue = one(QUEUE, RedriveAllowPolicy={"redrivePermission": "allowAll"})
    age = alarms("AWS/SQS", "QueueName", QUEUE_NAME, "ApproximateAgeOfOldestMessage")

    assert found(QueueIsMonitored, {**queue, **age}) == ["fails"]


def test_queue_named_by_its_url_is_not_monitored() -> None:
    """The Ref of a queue is its URL, which is no QueueName."""
    resources = {**one(QUEUE), **alarms("AWS/SQS", "QueueName", IT, "ApproximateAgeOfOldestMessage")}

    assert said(QueueIsMonitored, resources) == [
        (
            "fails",
            "Resources/It",
            "It: found 'no alarm'; add an alarm on ApproximateAgeOfOldestMessage (or "
            "ApproximateNumberOfMessagesVisible) of AWS/SQS, with a dimension QueueName that names it",
        )
    ]


def test_instance_is_monitored_for_load_and_space() -> None:
    """CPU, connections and free storage."""
    some = alarms("AWS/RDS", "DBInstanceIdentifier", IT, "CPUUtilization", "FreeStorageSpace")

    assert found(DatabaseIsMonitored, {**one(INSTANCE), **some}) == ["holds", "fails", "holds"]


def test_instance_of_a_cluster_is_monitored_by_either_name() -> None:
    """Its cluster's alarm counts; the cluster's volume grows by itself."""
    resources = {
        **one(INSTANCE, DBClusterIdentifier={"Ref": "Cluster"}),
        "Cluster": {"Type": CLUSTER},
        **alarms("AWS/RDS", "DBClusterIdentifier", {"Ref": "Cluster"}, "CPUUtilization"),
        "Connections": alarms("AWS/RDS", "DBInstanceIdentifier", IT, "DatabaseConnections")["Alarm0"],
    }

    assert found(DatabaseIsMonitored, resources) == ["holds", "holds"]


def test_instance_of_a_cluster_elsewhere_is_monitored_by_its_name() -> None:
    """As it is written."""
    watched = alarms("AWS/RDS", "DBClusterIdentifier", "orders", "CPUUtilization", "DatabaseConnections")

    assert found(DatabaseIsMonitored, {**one(INSTANCE, DBClusterIdentifier="orders"), **watched}) == ["holds"] * 2


def test_cluster_alone_is_monitored_for_load() -> None:
    """Serverless, or with instances elsewhere."""
    cpu = alarms("AWS/RDS", "DBClusterIdentifier", IT, "CPUUtilization")

    assert found(DatabaseIsMonitored, {**one(CLUSTER), **cpu}) == ["holds", "fails"]


@pytest.mark.parametrize(
    ("names", "result"),
    [
        (("ReadThrottleEvents", "WriteThrottleEvents"), "holds"),
        (("ThrottledRequests", "SystemErrors"), "holds"),
        (("ReadThrottleEvents", "SystemErrors"), "fails"),
        ((), "fails"),
    ],
)
def test_table_is_monitored_for_throttling(names: tuple[str, ...], result: str) -> None:
    """By reads and writes, or by requests and errors; a half of each is neither."""
    resources = {**one("AWS::DynamoDB::Table"), **alarms("AWS/DynamoDB", "TableName", IT, *names)}

    assert found(DatabaseIsMonitored, resources) == [result]


@pytest.mark.parametrize(
    ("kind", "namespace", "names", "expected"),
    [
        (NO_VALUE, "AWS/ApplicationELB", ("UnHealthyHostCount", "HTTPCode_Target_5XX_Count"), ["holds", "holds"]),
        ("application", "AWS/ApplicationELB", ("HTTPCode_ELB_5XX_Count",), ["fails", "holds"]),
        ("network", "AWS/NetworkELB", ("UnHealthyHostCount",), ["holds"]),
        ("network", "AWS/ApplicationELB", ("UnHealthyHostCount",), ["fails"]),
        ("gateway", "AWS/GatewayELB", ("UnHealthyHostCount",), ["holds"]),
        ({"Ref": "Kind"}, "AWS/NetworkELB", ("UnHealthyHostCount",), ["cannot tell"]),
        ("other", "AWS/NetworkELB", ("UnHealthyHostCount",), ["cannot tell"]),
    ],
)
def test_load_balancer_is_monitored(kind: Any, namespace: str, names: tuple[str, ...], expected: list[str]) -> None:
    """In the namespace of its kind; HTTP errors where it sees HTTP."""
    full_name = {"Fn::GetAtt": ["It", "LoadBalancerFullName"]}
    resources = {**one(BALANCER, Type=kind), **alarms(namespace, "LoadBalancer", full_name, *names)}

    assert found(LoadBalancerIsMonitored, resources) == expected


def test_classic_load_balancer_is_monitored() -> None:
    """By its name."""
    watched = alarms("AWS/ELB", "LoadBalancerName", IT, "UnHealthyHostCount", "HTTPCode_Backend_5XX")

    assert found(LoadBalancerIsMonitored, {**one("AWS::ElasticLoadBalancing::LoadBalancer"), **watched}) == [
        "holds",
        "holds",
    ]
