"""Tags of the stack itself: those that its resources share, and those that somebody gives."""

from __future__ import annotations

from typing import Any

import pytest

from tap_templates.deployment import tags_of_template
from tap_templates.deployment.stack_tags import check_tags, is_production
from tap_templates.errors import UsageError


def queue(**tags: Any) -> dict[str, Any]:
    """A resource with tags in the form of a list."""
    return {
        "Type": "AWS::SQS::Queue",
        "Properties": {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]},
    }


def parameter(**tags: Any) -> dict[str, Any]:
    """A resource with tags in the form of a mapping."""
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Tags": tags}}


def test_what_all_resources_say_is_said_of_the_stack() -> None:
    """In either form; what one alone says, and each one's own Name, is not."""
    template = {
        "Resources": {
            "Jobs": queue(Owner="me", Team="a", Name="jobs"),
            "Setting": parameter(Owner="me", Team="b", Name="jobs"),
            "Untagged": {"Type": "AWS::SQS::Queue"},
            "Untaggable": {"Type": "AWS::SNS::TopicPolicy", "Properties": {"Tags": "none"}},
            "Unknown": {"Type": "Custom::Thing", "Properties": {"Tags": [{"Key": "Owner", "Value": "you"}]}},
        }
    }

    assert tags_of_template(template, {}) == {"Owner": "me"}


def test_tags_that_refer_to_parameters_have_their_values() -> None:
    """Given ones first, then defaults; what nobody knows yet is left out, as is what no stack may be tagged with."""
    references = {name: {"Ref": name} for name in ("Owner", "Environment", "Project")}
    template = {
        "Parameters": {"Owner": {"Type": "String"}, "Environment": {"Default": "dev"}, "Project": {"Type": "String"}},
        "Resources": {
            "Jobs": queue(**references, Joined={"Fn::Sub": "${Owner}"}, Empty="", **{"aws:x": "y"}),
            "Setting": parameter(**references, Joined={"Fn::Sub": "${Owner}"}, Empty="", **{"aws:x": "y"}),
        },
    }

    assert tags_of_template(template, {"Owner": "me"}) == {"Owner": "me", "Environment": "dev"}
    assert tags_of_template(template, {"Owner": "me", "Environment": "prod"})["Environment"] == "prod"


def test_template_without_tags_gives_none() -> None:
    """Nor does a list that holds something else than tags."""
    odd = {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [{"Fn::If": []}]}}

    assert tags_of_template({"Resources": {"Jobs": odd, "More": {"Type": "AWS::SQS::Queue"}}}, {}) == {}


@pytest.mark.parametrize("stated", [{"Fn::If": ["A", [], []]}, [{"Fn::If": ["A", {}, {}]}], ["word"], None])
def test_tags_that_a_function_makes_are_not_guessed(stated: Any) -> None:
    """No failure on whatever a template writes there."""
    resource = {"Type": "AWS::SQS::Queue", "Properties": {"Tags": stated}}

    assert tags_of_template({"Resources": {"Jobs": resource}}, {}) == {}


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({"aws:cloudformation:x": "y"}, "not beginning with aws:"),
        ({"AWS:x": "y"}, "not beginning with aws:"),
        ({"k" * 129: "v"}, "up to 128 characters"),
        ({"Owner": "v" * 257}, "up to 256 for the value"),
        ({f"k{number}": "v" for number in range(51)}, "found '51 tags'; keep to 50"),
    ],
)
def test_tags_that_cloudformation_would_refuse(tags: dict[str, str], message: str) -> None:
    """Said before any call."""
    with pytest.raises(UsageError, match=message):
        check_tags(tags)


@pytest.mark.parametrize(("environment", "said"), [("prod", True), ("PRD", True), ("Production", True), ("dev", False)])
def test_stack_of_production_is_known_by_its_tag(environment: str, said: bool) -> None:
    """However it is written."""
    assert is_production({"Environment": environment}) is said
    assert not is_production({})
