"""Outputs: that they are there, and that they say what they are."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import one, results, said

from tap_templates.checks.rules.output_is_described import OutputIsDescribed
from tap_templates.checks.rules.resource_is_named_by_an_output import ResourceIsNamedByAnOutput

QUEUE = one("AWS::SQS::Queue")


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "It"},
        {"Fn::GetAtt": ["It", "Arn"]},
        {"Fn::GetAtt": "It.Arn"},
        {"Fn::Sub": "queue ${It.QueueName}"},
        {"Fn::Sub": ["${Name}", {"Name": {"Ref": "It"}}]},
        {"Fn::Join": [",", [{"Ref": "It"}, "x"]]},
        {"Fn::If": ["IsProd", {"Ref": "It"}, "none"]},
    ],
)
def test_resource_that_an_output_names_holds(value: Any) -> None:
    """However its value is written."""
    assert results(ResourceIsNamedByAnOutput, QUEUE, Outputs={"Queue": {"Value": value}}) == ["holds"]


@pytest.mark.parametrize(
    "outputs",
    [
        {},
        {"Queue": {"Value": "It"}},
        {"Queue": {"Description": {"Ref": "It"}, "Value": 1}},
        {"Queue": {"Value": {"Fn::Sub": ["${It}", {"It": "x"}]}}},
        {"Queue": {"Value": {"Fn::GetAtt": []}}},
        {"Queue": {"Value": {"Ref": ["It"]}}},
        {"Queue": None},
    ],
)
def test_resource_that_no_output_names_is_a_finding(outputs: Any) -> None:
    """At the resource."""
    assert said(ResourceIsNamedByAnOutput, QUEUE, Outputs=outputs) == [
        (
            "fails",
            "Resources/It",
            "It: found 'AWS::SQS::Queue'; no output names it: add an output with its Ref or its ARN",
        )
    ]


def test_attachment_needs_no_output() -> None:
    """Nobody asks for the name of a bucket policy."""
    assert results(ResourceIsNamedByAnOutput, one("AWS::S3::BucketPolicy")) == []


@pytest.mark.parametrize("description", ["", "  ", {"Ref": "X"}, 3, None])
def test_output_without_words_fails(description: Any) -> None:
    """A Description is text."""
    outputs = {"Queue": {"Description": description, "Value": 1}}

    assert said(OutputIsDescribed, {}, Outputs=outputs) == [
        (
            "fails",
            "Outputs/Queue/Description",
            f"Outputs.Queue.Description: found {description!r}; say in Description what the value is",
        )
    ]


def test_output_without_a_description_fails() -> None:
    """At the output."""
    assert [path for _, path, _ in said(OutputIsDescribed, {}, Outputs={"A": {"Value": 1}, "B": 3})] == [
        "Outputs/A",
        "Outputs/B",
    ]
    assert results(OutputIsDescribed, {}, Outputs={"A": {"Description": "The queue", "Value": 1}}) == ["holds"]
