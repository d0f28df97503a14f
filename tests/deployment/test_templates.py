"""A template's text as data: both notations, loops, and what is said of a text that is no template."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tap_templates.deployment.templates import acknowledgements, needed_capabilities, parsed
from tap_templates.errors import UsageError

QUEUE = {"Type": "AWS::SQS::Queue"}


def test_yaml_with_short_forms_is_a_template() -> None:
    """``!Sub`` and ``!GetAtt`` become what JSON says."""
    text = """
    Resources:
      Jobs:
        Type: AWS::SQS::Queue
        Properties:
          QueueName: !Sub "${AWS::StackName}-jobs"
    Outputs:
      Arn: {Value: !GetAtt Jobs.Arn}
    """
    assert parsed(text) == {
        "Resources": {
            "Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${AWS::StackName}-jobs"}}}
        },
        "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Jobs", "Arn"]}}},
    }


def test_resources_of_a_loop_stand_among_the_others() -> None:
    """What a loop makes counts for capabilities, tags and protection as if it were written out."""
    inner = ["Kind", ["a"], {"User${Kind}": {"Type": "AWS::IAM::User"}}]
    loop = ["Name", {"Ref": "Names"}, {"Role${Name}": {"Type": "AWS::IAM::Role"}, "Fn::ForEach::Inner": inner}]
    template = {
        "Transform": "AWS::LanguageExtensions",
        "Resources": {"Jobs": QUEUE, "Fn::ForEach::Roles": loop, "Fn::Transform": {"Name": "AWS::Include"}},
    }
    found = parsed(json.dumps(template))

    assert list(found["Resources"]) == ["Jobs", "Role${Name}", "User${Kind}", "Fn::Transform"]
    assert [tuple(each) for each in acknowledgements(found)] == [
        ("CAPABILITY_AUTO_EXPAND", ("Transform",)),
        ("CAPABILITY_IAM", ("Role${Name}", "User${Kind}")),
    ]


def test_one_named_role_makes_all_of_them_need_the_same_acknowledgement() -> None:
    """CAPABILITY_NAMED_IAM includes CAPABILITY_IAM: it is asked for alone, and names every reason."""
    template = {
        "Resources": {
            "Named": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}},
            "Unnamed": {"Type": "AWS::IAM::Role"},
        }
    }

    assert [tuple(each) for each in acknowledgements(template)] == [("CAPABILITY_NAMED_IAM", ("Named", "Unnamed"))]
    assert needed_capabilities({"Resources": {"Jobs": QUEUE}}) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "template: found .*pass the JSON text of a template, or YAML"),
        ("Resources: [", "template: found .*pass the JSON text of a template, or YAML"),
        ("[" * 100_000, "template: found 'data nested too deep'"),
        ("", "no Resources"),
        ("words", "no Resources"),
        ("[]", "no Resources"),
        ('{"Resources": []}', "no Resources"),
        ('{"Resources": {"Jobs": null}}', r"template: Resources\.Jobs: found None; write its definition"),
        ('{"Resources": {"Jobs": "AWS::SQS::Queue"}}', r"template: Resources\.Jobs: found 'AWS::SQS::Queue'"),
        ('{"Resources": {"Jobs": {}}}', r"template: Jobs\.Type: found None"),
        ('{"Resources": {"Jobs": {"Type": ["T"]}}}', r"template: Jobs\.Type: found \['T'\]"),
        ("Resources:\n  Jobs:\n    Type: T\n    Properties:\n", r"template: Jobs\.Properties: found None"),
    ],
)
def test_text_that_is_no_template_is_explained(text: str, message: str) -> None:
    """Where, what was found, what to write."""
    with pytest.raises(UsageError, match=message):
        parsed(text)


@pytest.mark.parametrize("section", ["Parameters", "Outputs"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], r": found \[\]; write a mapping of names"),
        (None, ": found None; write a mapping of names"),
        ({"A": "b"}, r"\.A: found 'b'; write its definition"),
    ],
)
def test_section_that_is_none(section: str, content: Any, message: str) -> None:
    """The same for parameters and outputs."""
    with pytest.raises(UsageError, match=f"template: {section}{message}"):
        parsed(json.dumps({"Resources": {"Jobs": QUEUE}, section: content}))
