"""A dashboard of the stack's own: the state of every alarm, and the metrics of every resource of a kind below.

It is made when the stack is finished, so that nothing can be forgotten: what is added later, and by hand, is on it too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from troposphere import cloudwatch

from tap_templates.components.alarms import PERIOD_SECONDS
from tap_templates.errors import PropertyError
from tap_templates.stack import Encoded, Stack

ALARMS = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
# CloudWatch API reference, "Dashboard Body Structure and Syntax": the grid, and the alarms of one widget.
COLUMNS, GRAPH_WIDTH, GRAPH_HEIGHT = 24, 8, 6
MOST_ALARMS = 100
ALARMS_IN_ROW, ALARMS_FRAME = 6, 1  # How many alarms are seen side by side over all columns, and the widget's title.
EMPTY = '{"widgets":[]}'


class Graph(NamedTuple):
    """One metric over all resources of a kind: what it tells, its name, and its statistic."""

    says: str
    metric: str
    statistic: str = "Sum"


class Kind(NamedTuple):
    """Resources of one type: where their metrics are, by which dimension, and what gives its value, ``Ref`` if None.

    ``only`` is a property and its one value, also its default, of the resources that have these metrics.
    """

    resource_type: str
    says: str
    namespace: str
    dimension: str
    attribute: str | None
    graphs: tuple[Graph, ...]
    only: tuple[str, str] | None = None

    def has(self, resource: Encoded) -> bool:
        """Whether an encoded resource is of this kind."""
        if resource["Type"] != self.resource_type:
            return False
        name, value = self.only or ("", "")
        return not name or resource.get("Properties", {}).get(name, value) == value


# What an operator asks first. Names of metrics and dimensions are those of ``data/metrics.json``.
KINDS = (
    Kind(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Load balancers",
        "AWS/ApplicationELB",
        "LoadBalancer",
        "LoadBalancerFullName",
        (
            Graph("requests", "RequestCount"),
            Graph("seconds to answer", "TargetResponseTime", "Average"),
            Graph("errors of the targets", "HTTPCode_Target_5XX_Count"),
            Graph("errors of the balancer", "HTTPCode_ELB_5XX_Count"),
        ),
        only=("Type", "application"),
    ),
    Kind(
        "AWS::AutoScaling::AutoScalingGroup",
        "Auto Scaling groups",
        "AWS/EC2",
        "AutoScalingGroupName",
        None,
        (Graph("percent of CPU", "CPUUtilization", "Average"), Graph("failed status checks", "StatusCheckFailed")),
    ),
    Kind(
        "AWS::Lambda::Function",
        "Functions",
        "AWS/Lambda",
        "FunctionName",
        None,
        (
            Graph("runs", "Invocations"),
            Graph("errors", "Errors"),
            Graph("throttled runs", "Throttles"),
            Graph("longest run in milliseconds", "Duration", "Maximum"),
            Graph("runs at a time", "ConcurrentExecutions", "Maximum"),
        ),
    ),
    Kind(
        "AWS::SQS::Queue",
        "Queues",
        "AWS/SQS",
        "QueueName",
        "QueueName",
        (
            Graph("messages that wait", "ApproximateNumberOfMessagesVisible", "Maximum"),
            Graph("age of the oldest message in seconds", "ApproximateAgeOfOldestMessage", "Maximum"),
            Graph("messages sent", "NumberOfMessagesSent"),
            Graph("messages done", "NumberOfMessagesDeleted"),
        ),
    ),
    Kind(
        "AWS::SNS::Topic",
        "Topics",
        "AWS/SNS",
        "TopicName",
        "TopicName",
        (
            Graph("messages published", "NumberOfMessagesPublished"),
            Graph("notices delivered", "NumberOfNotificationsDelivered"),
            Graph("notices not delivered", "NumberOfNotificationsFailed"),
        ),
    ),
    Kind(
        "AWS::DynamoDB::Table",
        "Tables",
        "AWS/DynamoDB",
        "TableName",
        None,
        (
            Graph("read units", "ConsumedReadCapacityUnits"),
            Graph("write units", "ConsumedWriteCapacityUnits"),
            Graph("throttled reads", "ReadThrottleEvents"),
            Graph("throttled writes", "WriteThrottleEvents"),
        ),
    ),
    Kind(
        "AWS::RDS::DBInstance",
        "Databases",
        "AWS/RDS",
        "DBInstanceIdentifier",
        None,
        (
            Graph("percent of CPU", "CPUUtilization", "Average"),
            Graph("connections", "DatabaseConnections", "Maximum"),
            Graph("free bytes of storage", "FreeStorageSpace", "Minimum"),
        ),
    ),
    Kind(
        "AWS::EC2::NatGateway",
        "NAT gateways",
        "AWS/NATGateway",
        "NatGatewayId",
        None,
        (
            Graph("bytes to the Internet", "BytesOutToDestination"),
            Graph("connections without a port", "ErrorPortAllocation"),
        ),
    ),
)


def dashboard(stack: Stack, title: str = "Dashboard") -> cloudwatch.Dashboard:
    """Dashboard with the state of every alarm of the stack, then a graph for each metric of each kind of resource.

    Raises:
        PropertyError: When the stack is finished and has nothing to show.

    Source: CloudWatch API reference, "Dashboard Body Structure and Syntax".
    """
    made = stack.add(
        cloudwatch.Dashboard(title, DashboardName=stack.name(title, cloudwatch.Dashboard), DashboardBody=EMPTY),
        says=f"dashboard {title}" if title != "Dashboard" else "dashboard of the stack",
    )

    def fill(encoded: Encoded) -> None:
        resources = encoded["Resources"]
        resources[title]["Properties"]["DashboardBody"] = _body(title, resources)

    stack.last(fill)
    return made


def _body(title: str, resources: Mapping[str, Any]) -> Encoded:
    """JSON text with the names that AWS gives filled in; what is there on a condition is shown on that condition.

    No widget has a place of its own, so that one that is not shown leaves no hole.
    """
    present: dict[str | None, dict[str, Encoded]] = {None: {}}
    for logical_id, resource in resources.items():
        present.setdefault(resource.get("Condition"), {})[logical_id] = resource
    widgets = {condition: list(_widgets(together)) for condition, together in present.items()}
    if not any(widgets.values()):
        remedy = f"add an alarm, or one of {', '.join(kind.resource_type for kind in KINDS)}"
        raise PropertyError(title, "DashboardBody", found="a stack with nothing to show", remedy=remedy)
    always = {"Fn::Sub": f'{{"widgets":[{",".join(map(_text, [_header(), *widgets.pop(None)]))}'}
    sometimes = [
        {"Fn::If": [condition, {"Fn::Sub": "".join(f",{_text(widget)}" for widget in shown)}, ""]}
        for condition, shown in widgets.items()
        if shown
    ]
    if not sometimes:
        return {"Fn::Sub": f"{always['Fn::Sub']}]}}"}
    return {"Fn::Join": ["", [always, *sometimes, "]}"]]}


def _header() -> Encoded:
    return {"type": "text", "width": COLUMNS, "height": 1, "properties": {"markdown": "# ${AWS::StackName}"}}


def _widgets(resources: Mapping[str, Encoded]) -> Iterator[Encoded]:
    """Widgets of resources that are there together: their alarms, then each kind's graphs."""
    alarms = [f"${{{title}.Arn}}" for title, resource in resources.items() if resource["Type"] in ALARMS]
    for first in range(0, len(alarms), MOST_ALARMS):
        shown = alarms[first : first + MOST_ALARMS]
        height = ALARMS_FRAME + -(-len(shown) // ALARMS_IN_ROW)
        properties: Encoded = {"title": "Alarms", "alarms": shown}
        yield {"type": "alarm", "width": COLUMNS, "height": height, "properties": properties}
    for kind in KINDS:
        titles = [title for title, resource in resources.items() if kind.has(resource)]
        if titles:
            for graph in kind.graphs:
                yield _graph(kind, graph, titles)


def _graph(kind: Kind, graph: Graph, titles: list[str]) -> Encoded:
    ending = f".{kind.attribute}" if kind.attribute else ""
    lines = [
        [kind.namespace, graph.metric, kind.dimension, f"${{{title}{ending}}}", {"label": title}] for title in titles
    ]
    return {
        "type": "metric",
        "width": GRAPH_WIDTH,
        "height": GRAPH_HEIGHT,
        "properties": {
            "title": f"{kind.says}: {graph.says}",
            "region": "${AWS::Region}",
            "stat": graph.statistic,
            "period": PERIOD_SECONDS,
            "metrics": lines,
        },
    }


def _text(widget: Encoded) -> str:
    return json.dumps(widget, separators=(",", ":"))
