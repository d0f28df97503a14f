"""Texts, numbers and switches of templates."""

from __future__ import annotations

from typing import Any

import pytest

from tap_templates.checks.values import arn_parts, as_text, is_at_least, is_given, is_on, parameter
from tap_templates.checks.view import View

VIEW = View({"Parameters": {"Days": {"Type": "Number", "MinValue": "7"}, "Odd": []}})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        (7, "7"),
        ({"Ref": "A"}, "${A}"),
        ({"Fn::GetAtt": ["A", "Arn"]}, "${A.Arn}"),
        ({"Fn::GetAtt": "A.Arn"}, "${A.Arn}"),
        ({"Fn::Sub": "${A.Arn}/*"}, "${A.Arn}/*"),
        ({"Fn::Sub": "${!aws:username}"}, "${aws:username}"),
        ({"Fn::Sub": ["${X}-${A}", {"X": {"Ref": "B"}}]}, "${B}-${A}"),
        ({"Fn::Join": ["", ["arn:", {"Ref": "A"}]]}, "arn:${A}"),
        ({"Fn::Sub": [1]}, "${Fn::Sub [1]}"),
        ({"Fn::Sub": ["a", []]}, "${Fn::Sub ['a', []]}"),
        ({"Fn::Join": ["", {"Ref": "List"}]}, "${Fn::Join ['', {'Ref': 'List'}]}"),
        ({"Fn::ImportValue": "x"}, "${Fn::ImportValue 'x'}"),
        ({"Ref": ["A"]}, "${Ref ['A']}"),
        ({"Fn::GetAtt": []}, "${Fn::GetAtt []}"),
    ],
)
def test_equal_functions_become_equal_texts(value: Any, text: str) -> None:
    """What is known stands in the text; the rest is one placeholder each."""
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("arn:aws:s3:::a", ["arn", "aws", "s3", "", "", "a"]),
        (
            "arn:${AWS::Partition}:sqs:${AWS::Region}:1:a:b",
            ["arn", "${AWS::Partition}", "sqs", "${AWS::Region}", "1", "a:b"],
        ),
        ("arn", ["arn", "", "", "", "", ""]),
    ],
)
def test_arn_is_parted_outside_of_placeholders(text: str, parts: list[str]) -> None:
    """The colons of pseudo parameters part nothing."""
    assert arn_parts(text) == parts


@pytest.mark.parametrize(
    ("value", "on"), [(True, True), ("TRUE", True), (False, False), (1, False), ("{{resolve:ssm:a}}", None)]
)
def test_dynamic_reference_is_neither_on_nor_off(value: Any, on: bool | None) -> None:
    """It is replaced when the stack is deployed."""
    assert is_on(value) is on


@pytest.mark.parametrize(
    ("value", "answer"),
    [({"Ref": "Days"}, True), ({"Ref": "Odd"}, None), ({"Fn::ImportValue": "x"}, None), ("8", True), ([], False)],
)
def test_number_of_a_parameter_is_decided_by_its_least_value(value: Any, answer: bool | None) -> None:
    """A Parameter that may be smaller decides nothing."""
    assert is_at_least(VIEW, value, 7) is answer


def test_higher_demand_than_the_least_value_is_undecided() -> None:
    """The user may still enter enough."""
    assert is_at_least(VIEW, {"Ref": "Days"}, 8) is None


def test_odd_parameters_are_none() -> None:
    """What is no mapping has no properties."""
    assert parameter(VIEW, {"Ref": "Odd"}) == {}
    assert parameter(VIEW, "Odd") == {}
    assert is_given(VIEW, {"Ref": "Odd"}) is None
