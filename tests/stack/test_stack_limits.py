"""What CloudFormation accepts in one template."""

from __future__ import annotations

import json

import pytest
from support.raw import RawResource
from troposphere import Parameter

from tap_templates import Settings, Stack
from tap_templates.errors import StackError
from tap_templates.stack import limits


@pytest.fixture
def stack(fixed: Settings) -> Stack:
    """A stack with one resource that needs no output."""
    made = Stack(fixed)
    made.add(RawResource("Thing", "Custom::Thing"))
    made.exempt("Thing", "only there")
    return made


def refused(stack: Stack) -> StackError:
    """The error of a finished template."""
    with pytest.raises(StackError) as caught:
        stack.to_json()
    return caught.value


def fill(stack: Stack, section: str, count: int) -> None:
    """Adds so many entries to a section."""
    for number in range(count):
        if section == "Resources":
            stack.add(RawResource(f"T{number}", "Custom::Thing"))
            stack.exempt(f"T{number}", "one of many")
        elif section == "Outputs":
            stack.output(f"O{number}", "x", "One of many")
        elif section == "Parameters":
            stack.parameter(Parameter(f"P{number}", Type="String"), group="Many", label="One")
        else:
            stack.mapping(f"M{number}", {"a": {"b": "c"}})


@pytest.mark.parametrize(
    ("section", "most"), [("Resources", 499), ("Outputs", 200), ("Parameters", 200), ("Mappings", 200)]
)
def test_as_many_as_cloudformation_takes(stack: Stack, section: str, most: int) -> None:
    """500 resources, 200 outputs, parameters and mappings are accepted; one more is not."""
    fill(stack, section, most)
    assert len(stack.to_dict()[section]) == (500 if section == "Resources" else 200)
    many = most + 1
    more = Stack(stack.settings)
    more.add(RawResource("Thing", "Custom::Thing"))
    more.exempt("Thing", "only there")
    fill(more, section, many)
    error = refused(more)
    total = 501 if section == "Resources" else 201

    assert (error.where, error.found) == (section, f"{total} entries")
    assert error.remedy == f"split the stack; a template holds {total - 1}"


def test_template_over_a_megabyte_is_refused(stack: Stack) -> None:
    """CloudFormation reads a template of up to 1 MB."""
    stack.add(RawResource("Large", "Custom::Thing", {"Text": "x" * 1_000_000}))
    error = refused(stack)

    assert error.where == "template"
    assert str(error.found).endswith(" bytes")
    assert error.remedy == "split the stack; a template holds 1000000"


def test_template_without_resources_is_refused(fixed: Settings) -> None:
    """CloudFormation refuses an empty template."""
    error = refused(Stack(fixed))

    assert (error.where, error.found) == ("Resources", "no resource")
    assert error.remedy == "add at least one; CloudFormation refuses an empty template"


@pytest.mark.parametrize("where", ["Description", "Outputs.Long"])
def test_long_description_is_refused(stack: Stack, where: str) -> None:
    """Descriptions have up to 1,024 bytes, counted in UTF-8."""
    if where == "Description":
        stack.template.set_description("ä" * 513)
    else:
        stack.output("Long", "x", "ä" * 513)
    error = refused(stack)

    assert (error.where, error.found, error.remedy) == (where, "1026 bytes", "shorten the description to 1024 bytes")


def test_longest_description_is_accepted(stack: Stack) -> None:
    """1,024 bytes are not too long."""
    stack.template.set_description("d" * 1024)

    assert stack.to_dict()["Description"] == "d" * 1024


@pytest.mark.parametrize(
    ("size", "note"),
    [
        (51_200, "51,200 bytes compact: fits in a direct API call (51,200)"),
        (
            51_201,
            "51,201 bytes compact: over the 51,200 of a direct API call; the console uploads it through a bucket",
        ),
    ],
)
def test_size_note(size: int, note: str) -> None:
    """A note says whether a template fits in the body of a call."""
    assert limits.size_note("x" * size) == note


def test_size_is_counted_in_bytes() -> None:
    """As CloudFormation counts them."""
    limits.check_size(f'"{"x" * 999_998}"')
    with pytest.raises(StackError, match="1000002 bytes"):
        limits.check_size(f'"{"ä" * 500_000}"')


def test_white_space_is_said_to_be_too_much_where_it_is_all_that_is_too_much() -> None:
    """With the size that is left without it."""
    with pytest.raises(StackError) as caught:
        limits.check_size(json.dumps([1] * 300_000, indent=2))

    assert "leave the white space out (compact), which gives 600002" in str(caught.value)
