"""Tags of every taggable type that CloudFormation has, whatever the settings."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.choices import TAGS, arguments
from support.raw import RawResource
from support.resolve import bound, resolve

from tap_templates import Settings, Stack, build
from tap_templates.data.resource_types import ResourceType, taggable_types

EVERY = taggable_types()
REQUIRED = {"Project", "Environment", "Owner", "CostCenter", "DataClassification", "ManagedBy"}
OWN_SPECIFICATION = {
    "AWS::EC2::CapacityReservation": "capacity-reservation",
    "AWS::EC2::CapacityReservationFleet": "capacity-reservation-fleet",
    "AWS::EC2::ClientVpnEndpoint": "client-vpn-endpoint",
    "AWS::EC2::EC2Fleet": "fleet",
    "AWS::EC2::LaunchTemplate": "launch-template",
    "AWS::WorkspacesInstances::Volume": "volume",
}
BY_HAND = {
    "list": [{"Key": "Tier", "Value": "gold"}],
    "map": {"Tier": "gold"},
    "propagate_at_launch": [{"Key": "Tier", "Value": "gold", "PropagateAtLaunch": False}],
    "items": {"Items": [{"Key": "Tier", "Value": "gold"}]},
}


def holding(path: list[str]) -> Any:
    """Properties with one tag specification at a path; ``*`` is a list of two."""
    if not path:
        return [{"ResourceType": "instance"}]
    return [holding(path[1:]), holding(path[1:])] if path[0] == "*" else {path[0]: holding(path[1:])}


def joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Both mappings as one, to all depths."""
    result = copy.deepcopy(one)
    for key, value in other.items():
        result[key] = joined(result[key], value) if isinstance(result.get(key), dict) else value
    return result


def properties_of(known: ResourceType, *, by_hand: bool) -> dict[str, Any]:
    """Properties with every place for tags that a type has."""
    properties: dict[str, Any] = {}
    for path in known.tag_specifications:
        properties = joined(properties, holding(path.split(".")))
    if by_hand and known.tag_property:
        properties[known.tag_property] = copy.deepcopy(BY_HAND[str(known.tag_shape)])
    return properties


def tag_sets(known: ResourceType, properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every set of tags that a resource has, whatever its shape, as one mapping each."""
    if known.tag_property:
        tags = properties[known.tag_property]
        if known.tag_shape == "map":
            yield tags
        else:
            yield as_mapping(tags["Items"] if known.tag_shape == "items" else tags)
    for path in known.tag_specifications:
        for specification in at(properties, path.split(".")):
            yield as_mapping(specification["Tags"])


def as_mapping(tags: list[dict[str, Any]]) -> dict[str, Any]:
    """Tags of a list, none of which may come twice."""
    assert len({tag["Key"] for tag in tags}) == len(tags)
    return {tag["Key"]: tag["Value"] for tag in tags}


def at(holder: Any, path: list[str]) -> Iterator[dict[str, Any]]:
    """Specifications at a path."""
    if not path:
        yield from holder
    elif path[0] == "*":
        for item in holder:
            yield from at(item, path[1:])
    else:
        yield from at(holder[path[0]], path[1:])


def finished(stack: Stack, *, by_hand: bool) -> Iterator[tuple[ResourceType, dict[str, Any], str]]:
    """Each taggable type in a finished template: the type, its properties there, its logical id."""
    for start in range(0, len(EVERY), 400):
        part = copy.deepcopy(stack)
        for number, known in enumerate(EVERY[start : start + 400]):
            part.add(RawResource(f"Thing{number}", known.name, properties_of(known, by_hand=by_hand)))
            part.exempt(f"Thing{number}", "only its tags matter")
        resources = part.to_dict()["Resources"]
        for number, known in enumerate(EVERY[start : start + 400]):
            yield known, resources[f"Thing{number}"]["Properties"], f"Thing{number}"


@pytest.mark.parametrize("by_hand", [False, True])
def test_every_taggable_type_has_the_required_tags_and_name(fixed: Settings, by_hand: bool) -> None:
    """All of the 1,300 and more types have the same tags in each of their places, and Name."""
    count = 0
    for known, properties, title in finished(Stack(fixed), by_hand=by_hand):
        sets = list(tag_sets(known, properties))
        assert len(sets) >= 1, known.name
        for number, tags in enumerate(sets):
            extra = {"Tier": "gold"} if by_hand and known.tag_property and number == 0 else {}
            assert tags == {
                "Project": "pay",
                "Environment": "dev",
                "Owner": "team",
                "CostCenter": "CC-1",
                "DataClassification": "internal",
                "ManagedBy": "tap_templates",
                "Name": f"pay-dev-{title.lower()}",
                **extra,
            }, known.name
        count += 1

    assert count == len(EVERY) > 1300


def test_types_with_specifications_only_are_tagged_without_any_by_hand(fixed: Settings) -> None:
    """A type that takes its own tags in TagSpecifications gets one for itself."""
    stack = Stack(fixed)
    for name in OWN_SPECIFICATION:
        stack.add(RawResource(name.replace(":", ""), name))
    resources = stack.to_dict()["Resources"]
    found = {
        each["Type"]: [specification["ResourceType"] for specification in each["Properties"]["TagSpecifications"]]
        for each in resources.values()
    }

    assert found == {name: [word] for name, word in OWN_SPECIFICATION.items()}


def test_every_type_with_specifications_only_is_known(fixed: Settings) -> None:
    """No type takes its own tags in TagSpecifications alone without a word for itself."""
    assert {known.name for known in EVERY if known.tag_property is None} == set(OWN_SPECIFICATION)


@settings(max_examples=300)
@given(chosen=arguments(), by_hand=TAGS)
def test_tags_are_within_the_limits_of_aws(chosen: dict[str, Any], by_hand: dict[str, str]) -> None:
    """At most 50 tags, keys of 1 to 128 and values of up to 256 characters, none beginning with aws:."""
    settings_ = Settings(**chosen)
    stack = Stack(settings_)
    own = {key: value for key, value in by_hand.items() if key not in settings_.tags}
    stack.add(RawResource("Box", "AWS::S3::Bucket", {"Tags": [{"Key": key, "Value": own[key]} for key in own]}))
    template = stack.to_dict()
    tags = resolve(template, template["Resources"]["Box"]["Properties"]["Tags"], bound(template))
    found = as_mapping(tags)

    assert set(found) == {*REQUIRED, "Name", *settings_.tags, *own}
    assert len(found) <= 50
    assert all(1 <= len(key) <= 128 and not key.lower().startswith("aws:") for key in found)
    assert all(isinstance(value, str) and len(value) <= 256 for value in found.values())


@settings(max_examples=25)
@given(chosen=arguments())
def test_tags_of_secure_enterprise_are_the_same_everywhere(chosen: dict[str, Any]) -> None:
    """Apart from Name, all taggable resources of the blueprint have equal tags."""
    template = build("secure-enterprise", Settings(**chosen)).to_dict()
    known = {each.name: each for each in EVERY}
    found = [
        {key: value for key, value in tags.items() if key != "Name"}
        for resource in template["Resources"].values()
        if resource["Type"] in known
        for tags in tag_sets(known[resource["Type"]], resource["Properties"])
    ]

    assert len(found) > 20
    assert set(found[0]) == {*REQUIRED, *chosen.get("tags", {})}
    assert all(tags == found[0] for tags in found)


@settings(max_examples=200)
@given(st.sampled_from(EVERY), st.sampled_from(sorted(REQUIRED)))
def test_required_tag_by_hand_with_the_same_value_is_kept_once(known: ResourceType, key: str) -> None:
    """What the convention would say anyway may be said by hand, in any shape."""
    if not known.tag_property:
        return
    values = {"Project": "pay", "Environment": "dev", "Owner": "team", "CostCenter": "CC-1"}
    values |= {"DataClassification": "internal", "ManagedBy": "tap_templates"}
    shapes: dict[str, Any] = {"map": {key: values[key]}}
    shapes["list"] = shapes["propagate_at_launch"] = [{"Key": key, "Value": values[key]}]
    shapes["items"] = {"Items": shapes["list"]}
    stack = Stack(
        Settings(project="pay", environment="dev", owner="team", cost_center="CC-1", data_classification="internal")
    )
    stack.add(RawResource("Thing", known.name, {known.tag_property: shapes[str(known.tag_shape)]}))
    properties = stack.to_dict()["Resources"]["Thing"]["Properties"]

    assert next(tag_sets(known, properties)) == {**values, "Name": "pay-dev-thing"}
