"""The dashboard: everything that is monitored is on it, by metrics that exist, and only what is there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.clean import findings
from support.component_samples import ANSWERS, asked, fixed, fixed_name, untagged
from support.deployment import deployed
from support.raw import RawResource
from support.resolved_template import Resolved

from tap_templates.components.alarms import alarm, alarm_topic
from tap_templates.components.dashboard import ALARMS, KINDS, dashboard
from tap_templates.components.functions import function
from tap_templates.components.identity import permissions_boundary
from tap_templates.components.queues import queue
from tap_templates.components.tables import table
from tap_templates.data.metrics import namespace
from tap_templates.deployment import Clients
from tap_templates.errors import PropertyError
from tap_templates.settings import Settings
from tap_templates.stack import Stack


def stack_with_all(settings: Settings | None = None) -> Stack:
    """A dashboard that was asked for before there was anything to show, then one of each monitored component."""
    stack = Stack(settings or fixed())
    dashboard(stack)
    permissions_boundary(stack)
    alarms = alarm_topic(stack)
    function(stack, "Echo", topic=alarms, source="def handler(event, context): ...", description="Says nothing")
    queue(stack, "Orders", topic=alarms, says="orders to ship")
    table(stack, "Stock", topic=alarms, partition=("id", "string"))
    return stack


def body(stack: Stack, answers: dict[str, Any] | None = None) -> dict[str, Any]:
    """The dashboard as CloudWatch gets it."""
    properties = Resolved(stack.to_dict(), answers).properties("Dashboard")
    parsed: dict[str, Any] = json.loads(properties["DashboardBody"])
    return parsed


def graphs(shown: dict[str, Any]) -> dict[str, list[Any]]:
    """Metrics of each graph, by its title."""
    return {
        widget["properties"]["title"]: widget["properties"]["metrics"]
        for widget in shown["widgets"]
        if widget["type"] == "metric"
    }


def switched() -> Stack:
    """A stack in which everything to be shown is there on a condition, on one of two."""
    stack = Stack(fixed())
    dashboard(stack)
    stack.template.conditions |= {"Large": {"Fn::Equals": ["1", "1"]}, "Small": {"Fn::Equals": ["1", "2"]}}
    for title, condition in (("Big", "Large"), ("Little", "Small")):
        stack.template.resources[title] = RawResource(title, "AWS::SQS::Queue", {}, Condition=condition)
        stack.template.resources[f"{title}Key"] = RawResource(title, "AWS::KMS::Alias", {}, Condition=condition)
    stack.template.conditions["Never"] = {"Fn::Equals": ["1", "2"]}
    stack.template.resources["Name"] = RawResource("Name", "AWS::SSM::Parameter", {}, Condition="Never")
    return stack


def test_dashboard_is_named_and_starts_with_the_stack() -> None:
    """Its name is the convention's; the first widget says which stack it is."""
    stack = stack_with_all()
    resource = untagged(stack.to_dict()["Resources"]["Dashboard"])
    first = body(stack)["widgets"][0]

    assert resource["Properties"]["DashboardName"] == fixed_name("dashboard")
    assert first == {"type": "text", "width": 24, "height": 1, "properties": {"markdown": "# baseline"}}


def test_graph() -> None:
    """One metric of every function, by the function's name, in the Region of the stack."""
    [shown] = [each for each in body(stack_with_all())["widgets"] if "Functions: errors" in str(each)]

    assert shown == {
        "type": "metric",
        "width": 8,
        "height": 6,
        "properties": {
            "title": "Functions: errors",
            "region": "eu-central-1",
            "stat": "Sum",
            "period": 300,
            "metrics": [["AWS/Lambda", "Errors", "FunctionName", "payments-prod-echo-ab12cd34", {"label": "Echo"}]],
        },
    }


@pytest.mark.parametrize("make", [fixed, asked])
def test_every_monitored_resource_is_shown(make: Any) -> None:
    """Each alarm among the alarms, each resource of a kind in each graph of its kind."""
    stack = stack_with_all(make())
    answers = None if make is fixed else ANSWERS
    shown, resources = body(stack, answers), stack.to_dict()["Resources"]
    [states] = [each["properties"]["alarms"] for each in shown["widgets"] if each["type"] == "alarm"]
    template = Resolved(stack.to_dict(), answers)
    labels = {title: [line[-1]["label"] for line in lines] for title, lines in graphs(shown).items()}

    assert states == [template.arn(title) for title, each in resources.items() if each["Type"] in ALARMS]
    for kind in KINDS:
        of_kind = [title for title, each in resources.items() if each["Type"] == kind.resource_type]
        for graph in kind.graphs:
            assert labels.get(f"{kind.says}: {graph.says}", []) == of_kind
    assert labels["Queues: messages sent"] == ["EchoFailures", "OrdersDeadLetters", "Orders"]


def test_every_metric_exists() -> None:
    """Namespaces, metrics and dimensions are those that the services publish."""
    for kind in KINDS:
        known = namespace(kind.namespace)
        assert known is not None
        assert kind.dimension in known.dimensions
        assert {graph.metric for graph in kind.graphs} <= set(known.metrics)


def test_dimension_is_what_the_alarms_name() -> None:
    """A queue's metrics are found by its name, of which the alarm and the graph give the same."""
    stack = stack_with_all()
    [_, _, name, value, _] = graphs(body(stack))["Queues: messages that wait"][2]

    assert Resolved(stack.to_dict()).properties("OrdersAge")["Dimensions"] == [{"Name": name, "Value": value}]


def test_only_balancers_of_http_have_its_metrics() -> None:
    """A network load balancer has a namespace of its own; without a type it is one of HTTP."""
    stack = Stack(fixed())
    dashboard(stack)
    for title, properties in (("Web", {}), ("Api", {"Type": "application"}), ("Wire", {"Type": "network"})):
        resource = RawResource(title, "AWS::ElasticLoadBalancingV2::LoadBalancer", properties)
        stack.template.resources[title] = resource

    [lines, *_] = graphs(body(stack)).values()
    assert [line[-1]["label"] for line in lines] == ["Web", "Api"]


def test_what_is_there_on_a_condition_is_shown_on_it() -> None:
    """The text is JSON whatever holds, and never refers to what is not there."""
    shown = graphs(body(switched()))

    assert [line[-1]["label"] for line in shown["Queues: messages sent"]] == ["Big"]
    assert len(shown) == 4
    text = switched().to_dict()["Resources"]["Dashboard"]["Properties"]["DashboardBody"]
    assert [part["Fn::If"][0] for part in text["Fn::Join"][1][1:-1]] == ["Large", "Small"]


def test_many_alarms_have_several_widgets() -> None:
    """One widget holds a hundred."""
    stack = Stack(fixed())
    topic = alarm_topic(stack)
    dashboard(stack)
    for number in range(101):
        alarm(topic, f"Alarm{number}", says="something", namespace="Shop", metric="Orders")
        stack.exempt(f"Alarm{number}", "one of many")
    counts = [
        (len(each["properties"]["alarms"]), each["height"])
        for each in body(stack)["widgets"]
        if each["type"] == "alarm"
    ]

    assert counts == [(100, 18), (1, 2)]


def test_nothing_to_show() -> None:
    """It is said when the stack is finished, with what could be shown."""
    stack = Stack(fixed())
    dashboard(stack)
    with pytest.raises(PropertyError, match=r"Dashboard\.DashboardBody: found 'a stack with nothing to show'; add an"):
        stack.to_dict()


def test_second_dashboard_has_its_own_title() -> None:
    """Both are in the outputs, each by its name."""
    stack = stack_with_all()
    dashboard(stack, "Overview")
    outputs = stack.to_dict()["Outputs"]

    assert outputs["DashboardName"]["Description"] == "Name of the dashboard of the stack"
    assert outputs["OverviewName"]["Description"] == "Name of the dashboard Overview"


@pytest.mark.parametrize("make", [fixed, asked])
def test_no_check_finds_anything(make: Any) -> None:
    """In both bindings."""
    assert findings(stack_with_all(make())) == []


def test_deployed(component_clients: Clients) -> None:
    """CloudWatch has the text with every name filled in."""
    with deployed(stack_with_all(asked()), component_clients, ANSWERS) as sample:
        read = sample.read_back()
        assert not read.failures()
        name = sample.outputs["DashboardName"]
        text = component_clients("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"]
        assert sample.ids["Echo"] in text
        assert "${" not in text
