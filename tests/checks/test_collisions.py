"""Names that collide: within one template, and between several in one account and Region."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.component_samples import with_suffix
from support.judged import either, one, said, verdicts

from tap_templates.checks.collisions import Collision, Place, collisions
from tap_templates.checks.rules.names_do_not_collide import NamesDoNotCollide
from tap_templates.checks.view import View

GROUP = "AWS::IAM::Group"
PARAMETERS = {
    "Project": {"Type": "String"},
    "Stage": {"Type": "String", "AllowedValues": ["dev", "prod"]},
    "Many": {"Type": "String", "AllowedValues": [f"v{number}" for number in range(101)]},
}


def group(name: Any) -> View:
    """A template with one group."""
    return View({"Parameters": PARAMETERS, "Resources": one(GROUP, GroupName=name)})


def between(first: View, second: View) -> list[Collision]:
    """Collisions of two files."""
    return collisions({"users.json": first, "payments.json": second})


@pytest.mark.parametrize(
    ("first", "second", "certain"),
    [
        ("SecureUsers", "SecureUsers", True),
        ("SecureUsers", "secureusers", True),  # IAM does not tell case apart.
        ({"Fn::Sub": "users-${AWS::Region}"}, {"Fn::Sub": "users-${AWS::Region}"}, True),
        ({"Fn::Sub": "users-${AWS::Region}"}, "users-eu-west-1", False),
        ("users-eu-west-1", {"Fn::Sub": "users-${AWS::Region}"}, False),
        ({"Fn::Sub": "${Project}-users"}, "payments-users", False),
        ("payments-users", {"Fn::Sub": "${Project}-users"}, False),
        ({"Fn::Sub": "${Project}-users"}, {"Fn::Sub": "${Project}-users"}, False),
        ({"Fn::Sub": "${Project}-users"}, {"Fn::Sub": "app-${Project}"}, False),
        ({"Fn::Sub": "${Stage}-users"}, "prod-users", False),
        ({"Fn::Sub": "${Many}-users"}, "other-users", False),  # Too many to spell.
        ({"Ref": "Project"}, {"Fn::ImportValue": "x"}, False),
    ],
)
def test_names_that_can_be_equal_collide(first: Any, second: Any, certain: bool) -> None:
    """For certain, or for some answer or Region."""
    assert [found.certain for found in between(group(first), group(second))] == [certain]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("users", "groups"),
        ({"Fn::Sub": "${Project}-users"}, "payments-groups"),
        ({"Fn::Sub": "${Stage}-users"}, "test-users"),
        ({"Fn::Sub": "users-${AWS::Region}"}, {"Fn::Sub": "users-${AWS::AccountId}"}),
        ({"Fn::Sub": "users-${AWS::Region}"}, "users-nowhere"),
        ({"Fn::Sub": "users-${AWS::Region}"}, {"Fn::Sub": "users-${AWS::Region}-x"}),
        ({"Fn::Sub": "${AWS::AccountId}"}, {"Fn::Sub": "12${Stage}"}),
        (with_suffix("users-${Suffix}"), with_suffix("users-${Suffix}")),
        ({"Fn::Sub": "${AWS::StackName}-users"}, {"Fn::Sub": "${AWS::StackName}-users"}),
    ],
)
def test_names_that_cannot_be_equal_do_not_collide(first: Any, second: Any) -> None:
    """They differ in what is written out, or in what is unique for each stack."""
    assert between(group(first), group(second)) == []


def test_collision_has_both_files_and_places() -> None:
    """What the command line prints."""
    [found] = between(group("SecureUsers"), group({"Fn::Sub": "Secure${Project}"}))
    path = ("Resources", "It", "Properties", "GroupName")

    assert found.space == GROUP
    assert found.first == Place("users.json", "It", path, "SecureUsers")
    assert found.second == Place("payments.json", "It", path, {"Fn::Sub": "Secure${Project}"})
    assert found.message() == (
        "It: found 'Secure${Project}', which can also be the name of the AWS::IAM::Group It in users.json "
        "('SecureUsers'); put part of AWS::StackId into the name, or leave it to CloudFormation"
    )


def test_exports_of_one_name_collide() -> None:
    """An account has each export name once in a Region."""

    def exporting(name: Any) -> View:
        output = {"Value": "x", "Export": {"Name": name}, "Condition": "Always"}
        return View({"Outputs": {"Topic": output, "Plain": {"Value": 1}, "Odd": 3}})

    [found] = between(exporting("alarm-topic"), exporting("alarm-topic"))

    assert (found.space, found.certain) == ("Export", True)
    assert found.message().startswith(
        "Topic: found 'alarm-topic', which is also the name of the export Topic in users.json ('alarm-topic'); "
    )
    assert between(exporting("alarm-topic"), exporting({"Fn::Sub": "${AWS::StackName}-topic"})) == []


def test_names_of_different_spaces_do_not_collide() -> None:
    """A role and a group may share a name; a metric alarm and a composite one may not."""
    role = View({"Resources": one("AWS::IAM::Role", RoleName="users")})
    alarm = View({"Resources": one("AWS::CloudWatch::Alarm", AlarmName="down")})
    composite = View({"Resources": one("AWS::CloudWatch::CompositeAlarm", AlarmName="down")})

    assert between(group("users"), role) == []
    assert [found.certain for found in between(alarm, composite)] == [True]


def test_names_that_need_not_be_unique_do_not_collide() -> None:
    """Two REST APIs of one name are no trouble."""
    api = View({"Resources": one("AWS::ApiGateway::RestApi", Name="orders")})

    assert between(api, api) == []


def test_names_within_own_resources_do_not_collide() -> None:
    """Filters of one name in two log groups."""
    own = View(
        {
            "Resources": {
                **one("AWS::Logs::MetricFilter", FilterName="denied", LogGroupName={"Ref": "Log"}),
                "Log": {"Type": "AWS::Logs::LogGroup"},
            }
        }
    )

    assert between(own, own) == []


def test_stacks_of_the_own_template_do_not_collide() -> None:
    """secure-enterprise can be deployed any number of times."""
    template = json.loads(Path("templates/secure-enterprise.json").read_text(encoding="utf-8"))

    assert between(View(template), View(template)) == []


def test_same_expression_twice_in_one_template_fails() -> None:
    """Even with a suffix of the stack: it is the same for both."""
    resources = {
        "First": {"Type": GROUP, "Properties": {"GroupName": with_suffix("users-${Suffix}")}},
        "Second": {"Type": GROUP, "Properties": {"GroupName": with_suffix("Users-${Suffix}")}},
    }

    assert [(result, path) for result, path, _ in said(NamesDoNotCollide, resources)] == [
        ("fails", "Resources/Second/Properties/GroupName")
    ]
    assert said(NamesDoNotCollide, resources)[0][2].endswith("; First has the same name: give one of them another")


def test_same_name_on_either_side_of_a_condition_holds() -> None:
    """Only one of them is ever there."""
    resources = {
        "First": {"Type": GROUP, "Properties": {"GroupName": either("IsProd", "users", "people")}},
        "Second": {"Type": GROUP, "Properties": {"GroupName": either("IsProd", "people", "users")}},
    }

    assert [found.result for found in verdicts(NamesDoNotCollide, resources)] == ["holds"] * 4


def test_same_filter_twice_in_one_log_group_fails() -> None:
    """Within what the template makes, names are still taken once; in another log group they are free."""

    def each(log: str) -> dict[str, Any]:
        return {"Type": "AWS::Logs::MetricFilter", "Properties": {"FilterName": "a", "LogGroupName": {"Ref": log}}}

    logs = {name: {"Type": "AWS::Logs::LogGroup"} for name in ("Log", "Other")}

    same = verdicts(NamesDoNotCollide, {**logs, "One": each("Log"), "Two": each("Log")})
    different = verdicts(NamesDoNotCollide, {**logs, "One": each("Log"), "Two": each("Other")})

    assert [found.result for found in same] == ["holds", "fails"]
    assert [found.result for found in different] == ["holds", "holds"]
