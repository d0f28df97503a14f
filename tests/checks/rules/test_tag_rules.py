"""Required tags in every shape, and the values that tags may have."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rules.resource_has_required_tags import ResourceHasRequiredTags
from tap_templates.checks.rules.tags_have_allowed_values import TagsHaveAllowedValues

TOPIC = "AWS::SNS::Topic"
DEMANDS = {"required_tags": ["Owner", "Project"]}
OWNER, PROJECT = {"Key": "Owner", "Value": "team"}, {"Key": "Project", "Value": "pay"}
BOTH = [OWNER, PROJECT]


def required(resources: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What is found where Owner and Project are required."""
    return said(ResourceHasRequiredTags, resources, demands=DEMANDS)


@pytest.mark.parametrize(
    ("resource_type", "properties"),
    [
        (TOPIC, {"Tags": BOTH}),
        (TOPIC, {"Tags": [*BOTH, {"Key": "Other", "Value": 1}]}),
        (TOPIC, {"Tags": either("IsProd", BOTH, [PROJECT, OWNER])}),
        (TOPIC, {"Tags": [OWNER, either("IsProd", PROJECT, {**PROJECT, "Value": "other"})]}),
        (TOPIC, {"Tags": [OWNER, either("IsProd", PROJECT, NO_VALUE), either("IsProd", NO_VALUE, PROJECT)]}),
        ("AWS::SSM::Parameter", {"Tags": {"Owner": "team", "Project": {"Ref": "Project"}}}),
        ("AWS::CloudFront::AnycastIpList", {"Tags": {"Items": BOTH}}),
        (
            "AWS::AutoScaling::AutoScalingGroup",
            {"Tags": [{**OWNER, "PropagateAtLaunch": True}, {**PROJECT, "PropagateAtLaunch": "true"}]},
        ),
        ("AWS::EC2::EC2Fleet", {"TagSpecifications": [{"ResourceType": "fleet", "Tags": BOTH}]}),
        ("AWS::Backup::BackupVault", {"BackupVaultTags": {"Owner": "a", "Project": "b"}}),
        ("AWS::S3::BucketPolicy", {}),
        ("Custom::Thing", {}),
    ],
)
def test_resource_with_the_tags_has_no_finding(resource_type: str, properties: Any) -> None:
    """Whatever shape its type takes; a type without tags needs none."""
    assert required(one(resource_type, **properties)) == []


@pytest.mark.parametrize(
    ("resource_type", "properties", "path"),
    [
        (TOPIC, {}, ""),
        (TOPIC, {"Tags": []}, "/Tags"),
        (TOPIC, {"Tags": [OWNER]}, "/Tags"),
        (TOPIC, {"Tags": "Owner"}, "/Tags"),
        (TOPIC, {"Tags": [OWNER, None, {"Value": "pay"}]}, "/Tags"),
        (TOPIC, {"Tags": either("IsProd", BOTH, [OWNER])}, "/Tags/Fn::If/2"),
        ("AWS::SSM::Parameter", {"Tags": {"Owner": "team"}}, "/Tags"),
        ("AWS::SSM::Parameter", {"Tags": {"Owner": "team", "Project": either("IsProd", "pay", NO_VALUE)}}, "/Tags"),
        ("AWS::SSM::Parameter", {"Tags": BOTH}, "/Tags"),
        ("AWS::CloudFront::AnycastIpList", {"Tags": {"Items": [OWNER]}}, "/Tags"),
        ("AWS::CloudFront::AnycastIpList", {"Tags": {}}, "/Tags"),
        ("AWS::EC2::EC2Fleet", {}, ""),
        (
            "AWS::EC2::EC2Fleet",
            {"TagSpecifications": [{"ResourceType": "instance", "Tags": BOTH}]},
            "/TagSpecifications",
        ),
        (
            "AWS::EC2::EC2Fleet",
            {"TagSpecifications": [{"ResourceType": "fleet", "Tags": [PROJECT]}]},
            "/TagSpecifications/0/Tags",
        ),
    ],
)
def test_resource_without_a_tag_fails(resource_type: str, properties: Any, path: str) -> None:
    """The finding is as deep as the template goes."""
    assert [(result, place) for result, place, _ in required(one(resource_type, **properties))] == [
        ("fails", f"Resources/It/Properties{path}")
    ]


def test_finding_lists_what_is_there_and_what_is_missing() -> None:
    """In the order of the demand."""
    [(_, _, message)] = required(one(TOPIC, Tags=[{"Key": "Team", "Value": "x"}]))

    assert message == "It.Tags: found ['Team']; add the tags Owner, Project"


def test_tag_that_one_case_leaves_out_is_missing_there() -> None:
    """The message names the case."""
    [(_, _, message)] = required(one(TOPIC, Tags=[OWNER, either("IsProd", PROJECT, NO_VALUE)]))

    assert message == ("It.Tags: found ['Owner', 'Project']; add the tags Project where IsProd does not hold")


def test_tags_of_an_auto_scaling_group_propagate() -> None:
    """Otherwise its instances have none."""
    tags = [{**OWNER, "PropagateAtLaunch": True}, {**PROJECT, "PropagateAtLaunch": False}]
    [(result, _, message)] = required(one("AWS::AutoScaling::AutoScalingGroup", Tags=tags))

    assert result == "fails"
    assert message.endswith("; add the tags Project, with PropagateAtLaunch: true")


def test_launch_template_tags_itself_and_what_it_launches() -> None:
    """Its own specification is missing, and one for volumes and network interfaces."""
    data = {"TagSpecifications": [{"ResourceType": "instance", "Tags": BOTH}]}

    assert [path for _, path, _ in required(one("AWS::EC2::LaunchTemplate", LaunchTemplateData=data))] == [
        "Resources/It/Properties/LaunchTemplateData/TagSpecifications",
        "Resources/It/Properties",
    ]


@pytest.mark.parametrize(
    ("resource_type", "tags"),
    [
        (TOPIC, {"Ref": "Tags"}),
        (TOPIC, [OWNER, {"Fn::Transform": "Tags"}]),
        (TOPIC, [OWNER, {"Key": {"Ref": "Key"}, "Value": "x"}]),
        ("AWS::CloudFront::AnycastIpList", {"Items": {"Ref": "Tags"}}),
        (
            "AWS::AutoScaling::AutoScalingGroup",
            [{**OWNER, "PropagateAtLaunch": {"Ref": "P"}}, {**PROJECT, "PropagateAtLaunch": True}],
        ),
    ],
)
def test_tags_that_the_template_does_not_say_cannot_be_told(resource_type: str, tags: Any) -> None:
    """Keys in an intrinsic are known to AWS alone."""
    assert [result for result, _, _ in required(one(resource_type, Tags=tags))] == ["cannot tell"]


def test_specifications_that_the_template_does_not_say_cannot_be_told() -> None:
    """A list from elsewhere."""
    assert [result for result, _, _ in required(one("AWS::EC2::EC2Fleet", TagSpecifications={"Ref": "T"}))] == [
        "cannot tell"
    ]


def test_nothing_is_judged_where_no_tag_is_required() -> None:
    """An empty list demands nothing."""
    assert results(ResourceHasRequiredTags, one(TOPIC), demands={"required_tags": []}) == []


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("prod", ["holds"]),
        ("Prod", ["fails"]),
        ({"Ref": "Stage"}, ["holds", "fails"]),
        (either("IsProd", "prod", "dev"), ["holds", "holds"]),
        ({"Ref": "Free"}, ["cannot tell"]),
    ],
)
def test_tag_has_an_allowed_value(value: Any, result: list[str]) -> None:
    """Every value that can come out is judged."""
    parameters = {"Stage": {"Type": "String", "AllowedValues": ["prod", "test"]}, "Free": {"Type": "String"}}
    found = results(
        TagsHaveAllowedValues,
        one(TOPIC, Tags=[{"Key": "Environment", "Value": value}, OWNER]),
        demands={"allowed_tag_values": {"Environment": ["dev", "prod"]}},
        Parameters=parameters,
    )

    assert found == result


def test_finding_on_a_value_says_which_are_allowed() -> None:
    """With the place of the value."""
    assert said(
        TagsHaveAllowedValues,
        one("AWS::SSM::Parameter", Tags={"Stage": 3}),
        demands={"allowed_tag_values": {"Stage": ["1", "2"]}},
    ) == [
        ("fails", "Resources/It/Properties/Tags/Stage", "It.Tags.Stage: found 3; use an allowed value of Stage: 1, 2")
    ]


def test_no_value_is_judged_without_a_demand() -> None:
    """By default any value will do."""
    assert results(TagsHaveAllowedValues, one(TOPIC, Tags=BOTH)) == []
