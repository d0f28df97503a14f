"""Functions that CloudFormation does not have: refused with the place, before any rule looks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.good_templates import good_templates

from tap_templates.checks.engine import read
from tap_templates.checks.syntax import unknown_function
from tap_templates.errors import UsageError


def test_place_and_suggestion(tmp_path: Path) -> None:
    """The file, the line, the path, and the function that was meant."""
    file = tmp_path / "template.yaml"
    file.write_text("Resources:\n  News:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: !Joins [a]\n")
    with pytest.raises(UsageError) as caught:
        read(str(file))

    place = f"{file}:5: Resources.News.Properties.TopicName.Fn::Joins"
    remedy = "use a function that CloudFormation has (did you mean Fn::Join?)"
    assert str(caught.value) == f"{place}: found 'Fn::Joins'; {remedy}"


@pytest.mark.parametrize(
    "section",
    [
        {"Metadata": {"Fn::Note": 1}},
        {"Transform": ["Macro"], "Resources": {"A": {"Fn::OfTheMacro": 1}}},
        {"Transform": [{"Name": "Macro"}], "Resources": {"A": {"Fn::OfTheMacro": 1}}},
        {"Transform": "AWS::LanguageExtensions", "Resources": {"Fn::ForEach::Each": []}},
        {"Conditions": {"C": {"Fn::And": [{"Fn::Not": []}, {"Fn::Or": []}]}}},
        {"Rules": {"R": {"Fn::EachMemberIn": [{"Fn::ValueOfAll": []}, {"Fn::RefAll": "AWS::EC2::VPC::Id"}]}}},
    ],
)
def test_known_function(section: dict[str, Any]) -> None:
    """Those of conditions, rules, loops and macros; Metadata is the author's own."""
    assert unknown_function(section) is None


def test_functions_of_the_gallery_are_known() -> None:
    """What is built uses what there is."""
    templates = [good.template for good in good_templates().values()]

    assert {unknown_function(template) for template in templates} == {None}
