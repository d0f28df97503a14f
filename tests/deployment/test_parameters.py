"""Parameters are checked as CloudFormation would, and capabilities are no more than needed."""

from __future__ import annotations

from typing import Any

import pytest

from tap_templates.deployment.parameters import change_set_parameters, check_parameters
from tap_templates.deployment.templates import needed_capabilities
from tap_templates.errors import UsageError


def resources(**types: Any) -> dict[str, Any]:
    """A template of these resources."""
    return {"Resources": {name: {"Type": kind, "Properties": props} for name, (kind, props) in types.items()}}


@pytest.mark.parametrize(
    ("template", "needed"),
    [
        (resources(Q=("AWS::SQS::Queue", {})), []),
        (resources(R=("AWS::IAM::Role", {})), ["CAPABILITY_IAM"]),
        (resources(P=("AWS::IAM::Policy", {"PolicyName": "p"})), ["CAPABILITY_IAM"]),
        (resources(R=("AWS::IAM::Role", {"RoleName": "r"})), ["CAPABILITY_NAMED_IAM"]),
        (resources(G=("AWS::IAM::Group", {"GroupName": "g"}), R=("AWS::IAM::Role", {})), ["CAPABILITY_NAMED_IAM"]),
        ({**resources(Q=("AWS::SQS::Queue", {})), "Transform": "X"}, ["CAPABILITY_AUTO_EXPAND"]),
        (resources(Q=("AWS::SQS::Queue", {"A": {"Fn::Transform": {}}})), ["CAPABILITY_AUTO_EXPAND"]),
    ],
)
def test_capabilities_follow_from_the_template(template: dict[str, Any], needed: list[str]) -> None:
    """Named IAM, unnamed IAM, macros: what is there is acknowledged, nothing else."""
    assert needed_capabilities(template) == needed


@pytest.mark.parametrize(
    ("declaration", "good", "bad", "said"),
    [
        (
            {"Type": "String", "AllowedValues": ["dev", "prod"]},
            "dev",
            "prd",
            r"use one of dev, prod \(did you mean prod\?\)",
        ),
        ({"Type": "String", "AllowedValues": [True, False]}, "true", "True", "use one of true, false"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a, b", "a,c", "use one of a, b"),
        ({"Type": "String", "AllowedPattern": "[a-z]+"}, "abc", "aBc", r"must match \[a-z\]\+"),
        ({"Type": "String", "MinLength": 2}, "ab", "a", "use at least 2 characters"),
        ({"Type": "String", "MaxLength": "3"}, "abc", "abcd", "use at most 3 characters"),
        ({"Type": "Number", "MinValue": 1}, "1", "0", "use at least 1"),
        ({"Type": "Number", "MaxValue": 5}, "5", "5.5", "use at most 5"),
        ({"Type": "Number"}, "-2.5", "many", "use a number"),
        ({"Type": "List<Number>", "MaxValue": 5}, "1,5", "1,6", "use at most 5"),
        ({"Type": "CommaDelimitedList", "MaxLength": 1}, "long,list", None, ""),
    ],
)
def test_value_is_checked_like_cloudformation_does(
    declaration: dict[str, Any], good: str, bad: str | None, said: str
) -> None:
    """Each constraint accepts what AWS accepts and refuses the rest with what to use."""
    template = {"Parameters": {"P": declaration}}
    check_parameters(template, {"P": good})
    if bad is not None:
        with pytest.raises(UsageError, match=said):
            check_parameters(template, {"P": bad})


def test_every_problem_is_said_at_once() -> None:
    """Missing, unknown and unacceptable come in one message."""
    template = {"Parameters": {"A": {"Type": "String"}, "B": {"Type": "Number"}}}

    with pytest.raises(UsageError) as error:
        check_parameters(template, {"B": "x", "Zzz": "1"})
    assert error.value.found == "A: no value given; it is required; B: found 'x'; use a number; Zzz: no such parameter"


def test_the_template_s_own_words_come_first_and_secrets_stay_secret() -> None:
    """ConstraintDescription is said; a NoEcho value is not."""
    declaration = {"Type": "String", "NoEcho": True, "MinLength": 8, "ConstraintDescription": "eight letters or more"}

    with pytest.raises(UsageError) as error:
        check_parameters({"Parameters": {"Password": declaration}}, {"Password": "hunter2"})
    assert "eight letters or more (use at least 8 characters)" in str(error.value)
    assert "hunter2" not in str(error.value)


def test_change_set_gets_given_and_kept_values() -> None:
    """What is given is passed, what the stack has is kept, what has a default is left to it."""
    template = {
        "Parameters": {"A": {"Type": "String"}, "B": {"Type": "String"}, "C": {"Type": "String", "Default": ""}}
    }

    assert change_set_parameters(template, {"A": "1"}, kept={"B"}) == [
        {"ParameterKey": "A", "ParameterValue": "1"},
        {"ParameterKey": "B", "UsePreviousValue": True},
    ]


@pytest.mark.parametrize("value", ["1_000", "nan", "inf", "0x10", "", "٣", "1 2"])
def test_what_python_would_take_for_a_number_is_none(value: str) -> None:
    """CloudFormation knows digits, a sign, a point and an exponent."""
    template = {"Parameters": {"Days": {"Type": "Number"}, "Ports": {"Type": "List<Number>"}}}

    with pytest.raises(UsageError, match="use a number") as raised:
        check_parameters(template, {"Days": value, "Ports": f"1,{value}"})
    assert str(raised.value.found).count("use a number") == 2
    check_parameters(template, {"Days": "-1.5e3", "Ports": "80, +443,.5"})


@pytest.mark.parametrize(
    "constraint", [{"MinLength": "x"}, {"MaxLength": [1]}, {"AllowedValues": "ab"}, {"AllowedPattern": r"\p{Alpha}+"}]
)
def test_constraint_that_cannot_be_judged_here_is_left_to_cloudformation(constraint: dict[str, Any]) -> None:
    """A bound that is no number, a list that is none, a form of Java's regular expressions: no refusal, no failure."""
    check_parameters({"Parameters": {"P": {"Type": "String", **constraint}}}, {"P": "abc"})


def test_value_that_is_too_long_for_any_parameter() -> None:
    """4,096 bytes are the limit; the message shows the beginning only."""
    with pytest.raises(UsageError, match="use at most 4096 bytes, not 4098") as raised:
        check_parameters({"Parameters": {"P": {"Type": "String"}}}, {"P": "ä" * 2049})
    assert len(str(raised.value)) < 300


def test_constraints_of_a_list_hold_for_each_of_its_items() -> None:
    """Spaces after a comma are no part of an item."""
    template = {"Parameters": {"P": {"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]+"}}}

    check_parameters(template, {"P": "a, b"})
    with pytest.raises(UsageError, match=r"must match \[a-z\]\+"):
        check_parameters(template, {"P": "a, B"})
