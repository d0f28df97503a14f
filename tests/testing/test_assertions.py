"""Assertions over templates: what they accept, what they say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tap_templates import Settings, Stack
from tap_templates.errors import UsageError
from tap_templates.testing.assertions import (
    Capture,
    Template,
    absent,
    anything,
    contains,
    exactly,
    json_text,
    matching,
    not_matching,
)
from tap_templates.testing.assertions.matching import Captured, Matcher, compare, size

POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ]
}
BODY: dict[str, Any] = {
    "Parameters": {"Environment": {"Type": "String", "Default": "dev"}},
    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}},
    "Mappings": {"Sizes": {"dev": {"Count": 1}}},
    "Resources": {
        "Logs": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": "logs"}},
        "Data": {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "Retain",
            "Properties": {
                "BucketName": "data",
                "VersioningConfiguration": {"Status": "Enabled"},
                "Tags": [{"Key": "Project", "Value": "pay"}, {"Key": "Owner", "Value": "team"}],
            },
        },
        "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {"Bucket": {"Ref": "Data"}, "PolicyDocument": POLICY},
        },
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {"DashboardBody": json.dumps({"widgets": [1]})},
        },
    },
    "Outputs": {"DataName": {"Value": {"Ref": "Data"}}, "LogsName": {"Value": {"Ref": "Logs"}}},
}


@pytest.fixture
def template() -> Template:
    """The template above."""
    return Template(BODY)


def refused(assertion: Any) -> str:
    """What a failing assertion says."""
    with pytest.raises(AssertionError) as caught:
        assertion()
    return str(caught.value)


def test_properties_match_in_part(template: Template) -> None:
    """What is expected must be there, at any depth; more may be."""
    assert template.has_resource("AWS::S3::Bucket", {"VersioningConfiguration": {"Status": "Enabled"}}) == ["Data"]
    assert template.has_resource("AWS::S3::Bucket") == ["Logs", "Data"]


def test_attributes_beside_properties_match_too(template: Template) -> None:
    """DeletionPolicy, Condition and the like are keyword arguments."""
    assert template.has_resource("AWS::S3::Bucket", {"BucketName": "logs"}, DeletionPolicy="Retain") == ["Logs"]
    template.has_no_resource("AWS::S3::Bucket", DeletionPolicy="Delete")
    template.has_no_resource("AWS::S3::Bucket", Condition=anything)


def test_nearest_candidates_are_shown_with_their_differences(template: Template) -> None:
    """The nearest first, each difference with path, expectation and what was found."""
    expected = {"BucketName": "data", "VersioningConfiguration": {"Status": "Suspended"}, "Tags": absent}

    assert refused(lambda: template.has_resource("AWS::S3::Bucket", expected)) == (
        "no AWS::S3::Bucket is as expected (2 of the type, 3 expectations)\n"
        "  Logs: 2 differences\n"
        '    Properties.BucketName: expected "data", found "logs"\n'
        '    Properties.VersioningConfiguration: expected {"Status": "Suspended"}, found nothing\n'
        "  Data: 2 differences\n"
        '    Properties.VersioningConfiguration.Status: expected "Suspended", found "Enabled"\n'
        "    Properties.Tags: expected nothing, "
        'found [{"Key": "Project", "Value": "pay"}, {"Key": "Owner", "Value": "team"}]'
    )


def test_type_that_is_not_there_is_told_with_the_nearest(template: Template) -> None:
    """A misspelt type is not simply not found."""
    assert refused(lambda: template.has_resource("AWS::S3::Buckets")) == (
        "the template has no AWS::S3::Buckets (did you mean AWS::S3::Bucket?)"
    )
    said = refused(lambda: template.has_resource("Custom::Thing"))
    assert said.endswith("it has AWS::CloudWatch::Dashboard, AWS::S3::Bucket, AWS::S3::BucketPolicy")
    assert refused(lambda: Template({"Resources": {}}).has_resource("x")).endswith("it has no resources")


def test_no_resource_names_those_that_match(template: Template) -> None:
    """The contrary fails with what should not be."""
    said = refused(lambda: template.has_no_resource("AWS::S3::Bucket", {"BucketName": "data"}))

    assert said == "AWS::S3::Bucket: expected none like this, found Data"


def test_resources_are_counted(template: Template) -> None:
    """All of a type, or those that match."""
    template.resource_count("AWS::S3::Bucket", 2)
    template.resource_count("AWS::SQS::Queue", 0)
    template.resource_count("AWS::S3::Bucket", 1, {"BucketName": "data"})
    said = refused(lambda: template.resource_count("AWS::S3::Bucket", 2, {"BucketName": "data"}))
    assert said.splitlines()[:2] == ["AWS::S3::Bucket: expected 2, found 1: Data", "  Logs: 1 difference"]


def test_all_of_a_type_must_match_and_there_must_be_one(template: Template) -> None:
    """It names every one that does not; a type that is not there is no success."""
    assert template.all_of_type("AWS::S3::Bucket", DeletionPolicy="Retain") == ["Logs", "Data"]
    said = refused(lambda: template.all_of_type("AWS::S3::Bucket", {"Tags": anything}))
    assert said.splitlines() == [
        "AWS::S3::Bucket: 1 of 2 are not as expected",
        "  Logs: 1 difference",
        "    Properties.Tags: expected anything, found nothing",
    ]
    assert "the template has no AWS::SQS::Queue" in refused(lambda: template.all_of_type("AWS::SQS::Queue"))


def test_outputs_parameters_conditions_and_mappings(template: Template) -> None:
    """By name or by a matcher of names; a failure shows the nearest."""
    assert template.has_output("DataName", {"Value": {"Ref": "Data"}}) == ["DataName"]
    assert template.has_output(matching("Name$")) == ["DataName", "LogsName"]
    assert template.has_parameter("Environment", {"Default": "dev", "AllowedValues": absent}) == ["Environment"]
    assert template.has_condition("IsProd") == ["IsProd"]
    assert template.has_mapping("Sizes", {"dev": {"Count": 1}}) == ["Sizes"]
    assert refused(lambda: template.has_output("DataNam")) == (
        "the template has no output 'DataNam' (did you mean DataName?)"
    )
    assert refused(lambda: Template({"Resources": {}}).has_output("X")) == "the template has no output 'X'; it has none"
    assert refused(lambda: template.has_output("DataName", {"Value": {"Ref": "Logs"}})).splitlines() == [
        "no output 'DataName' is as expected",
        "  DataName: 1 difference",
        '    Value.Ref: expected "Logs", found "Data"',
    ]


def test_capture_keeps_values_of_what_matched_as_a_whole(template: Template) -> None:
    """A resource that matches only in part gives no value."""
    name, every = Capture(), Capture(matching("^[a-z]+$"))

    template.has_resource("AWS::S3::Bucket", {"BucketName": name, "VersioningConfiguration": anything})
    template.all_of_type("AWS::S3::Bucket", {"BucketName": every})

    assert name.value == "data"
    assert every.values == ["logs", "data"]
    with pytest.raises(UsageError, match="found '2 values'"):
        _ = every.value


def test_capture_keeps_nothing_that_does_not_match(template: Template) -> None:
    """The value is told as a difference, and is not the capture's."""
    name = Capture(matching("^[0-9]+$"))

    said = refused(lambda: template.has_resource("AWS::S3::Bucket", {"BucketName": name}))
    assert 'BucketName: expected text matching /^[0-9]+$/, found "data"' in said
    assert name.values == []


def test_items_of_a_list_count_as_places_that_may_differ() -> None:
    """Nearest is the one that differs in the smaller part of what is expected."""
    assert size({"A": [1, {"B": 2}], "C": 3, "D": []}) == 4


def test_capture_inside_contains_keeps_the_item_that_fits(template: Template) -> None:
    """Only the item that matches gives its value."""
    owner = Capture()

    template.has_resource("AWS::S3::Bucket", {"Tags": contains({"Key": "Owner", "Value": owner})})

    assert owner.values == ["team"]


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (contains("a"), ["b", "a"]),
        (contains("a"), "a"),
        (contains({"x": 1}), [{"x": 1, "y": 2}]),
        (exactly({"a": [1, {"b": True}]}), {"a": [1, {"b": True}]}),
        (matching("^arn:"), "arn:aws"),
        (not_matching("a"), "b"),
        (json_text({"a": [1]}), '{"a": [1], "b": 2}'),
        (anything, 0),
        ([1, {"a": 1}], [1, {"a": 1, "b": 2}]),
        ((1, 2), [1, 2]),
        (1, 1.0),
        (Capture("a"), "a"),
    ],
)
def test_value_matches(expected: Any, found: Any) -> None:
    """No difference."""
    assert compare(expected, found, "P", Captured()) == []


@pytest.mark.parametrize(
    ("expected", "found", "said"),
    [
        (contains("c"), ["b", "a"], 'P: expected an item "c", found ["b", "a"]'),
        (contains({"Key": "a", "Value": 1}), [{"Key": "a", "Value": 2}], "P[0].Value: expected 1, found 2"),
        (exactly({"a": 1}), {"a": 1, "b": 2}, 'P: expected exactly {"a": 1}, found {"a": 1, "b": 2}'),
        (exactly([1]), [1, 2], "P: expected exactly [1], found [1, 2]"),
        (matching("^arn:"), {"Ref": "X"}, 'P: expected text matching /^arn:/, found {"Ref": "X"}'),
        (not_matching("a"), "a", 'P: expected anything but "a", found "a"'),
        (json_text({"a": 1}), "{", 'P: expected JSON text of {"a": 1}, found "{"'),
        (json_text({"a": 1}), '{"a": 2}', "P(json).a: expected 1, found 2"),
        ([1, 2], [1], "P: expected 2 items, found 1: [1]"),
        (True, 1, "P: expected true, found 1"),
        (True, "true", 'P: expected true, found "true"'),
        ({"a": 1}, [1], 'P: expected {"a": 1}, found [1]'),
        (contains(1, 2), 5, "P: expected an item 1, found 5"),
        ("x" * 200, "y", f'P: expected "{"x" * 116}..., found "y"'),
        ({1: object}, 0, 'P: expected {"1": "<class \'object\'>"}, found 0'),
        ({(1, 2): 0}, 0, "P: expected {(1, 2): 0}, found 0"),
        ([contains("a")], ["b"], 'P[0]: expected an item "a", found "b"'),
    ],
)
def test_difference_is_marked(expected: Any, found: Any, said: str) -> None:
    """The first difference has its path, what was expected and what was found."""
    assert str(compare(expected, found, "P", Captured())[0]) == said


def test_contains_in_a_message_names_its_items(template: Template) -> None:
    """A matcher is shown by what it asks for."""
    said = refused(lambda: template.has_resource("AWS::S3::Bucket", {"Missing": {"List": contains("a", 1)}}))

    assert 'Properties.Missing: expected {"List": "a list with \\"a\\", 1"}, found nothing' in said


def test_matcher_of_ones_own_says_how_it_matches() -> None:
    """The base class matches nothing by itself."""
    with pytest.raises(NotImplementedError):
        Matcher().differences(1, "P", Captured())


def test_long_failures_are_cut() -> None:
    """At most three candidates and twelve differences of each are shown; the rest is counted."""
    resources = {f"Q{i}": {"Type": "AWS::SQS::Queue", "Properties": {"Name": i}} for i in range(5)}
    expected = {f"P{i}": i for i in range(14)}

    said = refused(lambda: Template({"Resources": resources}).has_resource("AWS::SQS::Queue", expected)).splitlines()

    assert said[1] == "  Q0: 14 differences"
    assert said[14] == "    and 2 more"
    assert said[-1] == "  and 2 more of the type"


def test_template_is_taken_from_a_stack_and_resolved() -> None:
    """A Stack of the library is a template too; ``resolve`` gives the concrete one."""
    from troposphere import Ref, Tags, sqs

    stack = Stack(Settings(project="pay", owner="team", cost_center="CC-1"), description="d")
    stack.add(sqs.Queue("Jobs", Tags=Tags(Region=Ref("AWS::Region"))))

    concrete = Template(stack).resolve({"Environment": "dev"}, region="eu-west-1")

    tags = contains({"Key": "Region", "Value": "eu-west-1"}, {"Key": "Environment", "Value": "dev"})
    assert concrete.has_resource("AWS::SQS::Queue", {"Tags": tags}) == ["Jobs"]
