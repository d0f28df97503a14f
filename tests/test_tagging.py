"""Tags by hand beside those of the convention, and what cannot be joined."""

from __future__ import annotations

from typing import Any

import pytest
from support.raw import RawResource

from tap_templates import Requirements, Settings, Stack
from tap_templates.errors import TaggingError
from tap_templates.naming import Convention
from tap_templates.tagging import asked_settings, required_tags

REMEDY = "give the tags as plain keys and values; the convention's are joined to them"
LIST, MAP = "AWS::S3::Bucket", "AWS::SSM::Parameter"
ITEMS, GROUP = "AWS::CloudFront::AnycastIpList", "AWS::AutoScaling::AutoScalingGroup"
REQUIRED = {
    "Project": "pay",
    "Environment": "dev",
    "Owner": "team",
    "CostCenter": "CC-1",
    "DataClassification": "internal",
    "ManagedBy": "tap_templates",
}


def tagged(settings: Settings, kind: str, properties: dict[str, Any] | None = None) -> dict[str, Any]:
    """Properties of one resource in a finished template."""
    stack = Stack(settings)
    stack.add(RawResource("Box", kind, properties))
    found: dict[str, Any] = stack.to_dict()["Resources"]["Box"].get("Properties", {})
    return found


def refused(settings: Settings, kind: str, properties: dict[str, Any]) -> TaggingError:
    """The error of tags that cannot be."""
    with pytest.raises(TaggingError) as caught:
        tagged(settings, kind, properties)
    return caught.value


def listed(tags: dict[str, Any]) -> list[dict[str, Any]]:
    """Tags in list form."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def test_list_form(fixed: Settings) -> None:
    """A bucket has its tags as a list, Name last."""
    assert tagged(fixed, LIST)["Tags"] == listed({**REQUIRED, "Name": "pay-dev-box"})


def test_map_form(fixed: Settings) -> None:
    """An SSM parameter has its tags as a map."""
    assert tagged(fixed, MAP)["Tags"] == {**REQUIRED, "Name": "pay-dev-box"}


def test_items_form(fixed: Settings) -> None:
    """Tags of CloudFront's newer types stand below Items."""
    assert tagged(fixed, ITEMS)["Tags"] == {"Items": listed({**REQUIRED, "Name": "pay-dev-box"})}


def test_propagate_at_launch_form(fixed: Settings) -> None:
    """What an Auto Scaling group launches gets its tags; one by hand keeps its own word."""
    by_hand = {"Key": "Tier", "Value": "gold", "PropagateAtLaunch": False}
    tags = tagged(fixed, GROUP, {"Tags": [by_hand]})["Tags"]

    assert by_hand in tags
    assert {"Key": "Owner", "Value": "team", "PropagateAtLaunch": True} in tags


def test_launch_template_tags_itself_and_what_it_launches(fixed: Settings) -> None:
    """A launch template has specifications for itself, instances, volumes and network interfaces."""
    by_hand = {"ResourceType": "volume", "Tags": [{"Key": "Tier", "Value": "gold"}]}
    found = tagged(fixed, "AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"TagSpecifications": [by_hand]}})
    every = listed({**REQUIRED, "Name": "pay-dev-box"})

    assert found["TagSpecifications"] == [{"ResourceType": "launch-template", "Tags": every}]
    assert found["LaunchTemplateData"]["TagSpecifications"] == [
        {"ResourceType": "volume", "Tags": [*every, {"Key": "Tier", "Value": "gold"}]},
        {"ResourceType": "instance", "Tags": every},
        {"ResourceType": "network-interface", "Tags": every},
    ]


def test_type_without_tags_stays_as_it_is(fixed: Settings) -> None:
    """A bucket policy, or a type that AWS does not have, gets no tags."""
    assert tagged(fixed, "AWS::S3::BucketPolicy", {"Bucket": "b"}) == {"Bucket": "b"}
    assert tagged(fixed, "Custom::Thing") == {}


def test_name_by_hand_is_kept(fixed: Settings) -> None:
    """Name alone may be said otherwise by hand."""
    assert {"Key": "Name", "Value": "mine"} in tagged(fixed, LIST, {"Tags": listed({"Name": "mine"})})["Tags"]


def test_asked_settings_are_references() -> None:
    """A tag whose setting is asked for refers to its parameter, and Name too."""
    assert tagged(Settings(), MAP)["Tags"] == {
        "Project": {"Ref": "Project"},
        "Environment": {"Ref": "Environment"},
        "Owner": {"Ref": "Owner"},
        "CostCenter": {"Ref": "CostCenter"},
        "DataClassification": {"Ref": "DataClassification"},
        "ManagedBy": "tap_templates",
        "Name": {"Fn::Sub": "${Project}-${Environment}-box"},
    }


def test_asked_settings_are_those_without_a_value() -> None:
    """Only required tags whose setting has no value ask for one."""
    demands = Requirements(required_tags=["Owner", "Project", "ManagedBy"])

    assert asked_settings(Convention(Settings(owner="team", requirements=demands))) == ["project"]


def test_further_tags_of_the_settings_are_on_every_resource(fixed: Settings) -> None:
    """Tags of the settings follow the required ones, and may themselves be required."""
    settings = Settings(
        project="pay", environment="dev", tags={"Team": "red"}, requirements=Requirements(required_tags=["Team"])
    )

    assert tagged(settings, MAP)["Tags"] == {"Team": "red", "Name": "pay-dev-box"}


def test_required_tag_without_a_source_is_refused(fixed: Settings) -> None:
    """A required tag needs a setting or a value below tags."""
    fixed.requirements = Requirements(required_tags=["Team"])
    with pytest.raises(TaggingError) as caught:
        required_tags(Convention(fixed))

    assert (caught.value.where, caught.value.found) == ("tags.Team", "no value")
    assert caught.value.remedy == "give the required tag a value: tags: {Team: …}"


@pytest.mark.parametrize(("kind", "tags"), [(LIST, [{"Key": "Owner", "Value": "me"}]), (MAP, {"Owner": "me"})])
def test_required_tag_by_hand_with_another_value_is_refused(fixed: Settings, kind: str, tags: Any) -> None:
    """A tag of the convention has one value everywhere."""
    error = refused(fixed, kind, {"Tags": tags})

    assert (error.where, error.found) == ("Box.Tags.Owner", "me")
    assert error.remedy == "leave it out: this tag is made from the settings, so that it is the same everywhere"


@pytest.mark.parametrize(
    ("kind", "tags"),
    [
        (LIST, {"Fn::If": ["A", [], []]}),
        (LIST, {"Tier": "gold"}),
        (LIST, ["Tier"]),
        (LIST, [{"Value": "gold"}]),
        (LIST, [{"Key": "Tier"}]),
        (LIST, [{"Key": {"Ref": "Tier"}, "Value": "gold"}]),
        (MAP, {"Fn::If": ["A", {}, {}]}),
        (MAP, {"Ref": "AWS::NoValue"}),
        (MAP, [{"Key": "Tier", "Value": "gold"}]),
        (ITEMS, [{"Key": "Tier", "Value": "gold"}]),
        (ITEMS, {"Fn::If": ["A", {}, {}]}),
        (GROUP, "gold"),
    ],
)
def test_tags_that_cannot_be_joined_are_refused(fixed: Settings, kind: str, tags: Any) -> None:
    """Tags in an intrinsic, or in another type's form, are not guessed at."""
    error = refused(fixed, kind, {"Tags": tags})

    assert (error.where, error.found, error.remedy) == ("Box.Tags", tags, REMEDY)


@pytest.mark.parametrize(
    ("kind", "properties", "where"),
    [
        ("AWS::EC2::LaunchTemplate", {"TagSpecifications": {"Ref": "X"}}, "Box.TagSpecifications"),
        ("AWS::EC2::LaunchTemplate", {"TagSpecifications": ["x"]}, "Box.TagSpecifications"),
        (
            "AWS::EC2::LaunchTemplate",
            {"LaunchTemplateData": {"TagSpecifications": {"Ref": "X"}}},
            "Box.LaunchTemplateData.TagSpecifications",
        ),
        ("AWS::ECS::Service", {"VolumeConfigurations": {"Ref": "X"}}, "Box.VolumeConfigurations"),
    ],
)
def test_specifications_that_cannot_be_joined_are_refused(
    fixed: Settings, kind: str, properties: dict[str, Any], where: str
) -> None:
    """Tag specifications in an intrinsic are not guessed at."""
    error = refused(fixed, kind, properties)

    assert (error.where, error.remedy) == (where, REMEDY)


@pytest.mark.parametrize("data", [{"Ref": "AWS::NoValue"}, {}])
def test_specifications_below_an_absent_property_are_none(fixed: Settings, data: dict[str, Any]) -> None:
    """Where the holder of specifications is missing, nothing is added to it."""
    found = tagged(fixed, "AWS::WorkspacesInstances::WorkspaceInstance", {"ManagedInstance": data})

    assert found["ManagedInstance"] == data


def test_key_given_twice_is_refused(fixed: Settings) -> None:
    """AWS refuses a key that comes twice, and so does the stack."""
    error = refused(fixed, LIST, {"Tags": [{"Key": "A", "Value": "1"}, {"Key": "A", "Value": "2"}]})

    assert (error.where, error.found, error.remedy) == ("Box.Tags", ["A", "A"], "give each key once")


def test_51_tags_are_refused(fixed: Settings) -> None:
    """AWS takes 50 tags: six required, Name and 43 others."""
    assert len(tagged(fixed, MAP, {"Tags": {f"k{number}": "v" for number in range(43)}})["Tags"]) == 50
    error = refused(fixed, MAP, {"Tags": {f"k{number}": "v" for number in range(44)}})

    assert (error.where, error.found, error.remedy) == ("Box.Tags", "51 tags", "keep to 50, the limit of AWS")


@pytest.mark.parametrize("key", ["", "k" * 129, "aws:cloudformation:x", "AWS:x", "semi;colon"])
def test_key_outside_the_limits_is_refused(fixed: Settings, key: str) -> None:
    """Keys have 1 to 128 characters of those that AWS takes, and do not begin with aws:."""
    error = refused(fixed, MAP, {"Tags": {key: "v"}})

    assert (error.where, error.found) == (f"Box.Tags.{key[:40]}", key[:40])
    assert error.remedy == "use 1 to 128 letters, digits, spaces and _ . : / = + - @, not beginning with aws:"


@pytest.mark.parametrize("value", ["v" * 257, "semi;colon"])
def test_value_outside_the_limits_is_refused(fixed: Settings, value: str) -> None:
    """Values have up to 256 characters of those that AWS takes."""
    error = refused(fixed, LIST, {"Tags": listed({"Tier": value})})

    assert (error.where, error.found) == ("Box.Tags.Tier", value[:40])
    assert error.remedy == "use up to 256 letters, digits, spaces and _ . : / = + - @"


def test_managed_by_that_may_not_have_its_value_is_refused() -> None:
    """The convention has one value for it."""
    settings = Settings(requirements=Requirements(allowed_tag_values={"ManagedBy": ["terraform"]}))

    with pytest.raises(TaggingError) as caught:
        required_tags(Convention(settings))
    assert str(caught.value) == (
        "tags.ManagedBy: found ['terraform']; add tap_templates to requirements.allowed_tag_values.ManagedBy, "
        "or take ManagedBy out of required_tags"
    )
