"""No output of a deployed stack that holds a secret is given away, whoever asks."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tap_templates.deployment import deploy, stack_outputs
from tap_templates.deployment.outputs import OutputError
from tap_templates.deployment.withheld import without_secrets
from tap_templates.errors import DeploymentError

PASSWORD = "correct-horse-battery"
TEMPLATE = {
    "Parameters": {"Password": {"Type": "String", "NoEcho": True}},
    "Resources": {
        "Jobs": {"Type": "AWS::SQS::Queue"},
        "Kept": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Password"}}},
    },
    "Outputs": {
        "JobsUrl": {"Value": {"Ref": "Jobs"}},
        "Kept": {"Value": {"Fn::GetAtt": ["Kept", "Value"]}},
        "Url": {"Value": {"Fn::Sub": "postgres://u:${Password}@h"}},
    },
}
YAML = """
Parameters: {Password: {Type: String, NoEcho: true}}
Resources: {Jobs: {Type: AWS::SQS::Queue}}
Outputs:
  Url: {Value: !Sub 'x:${Password}'}
  JobsUrl: {Value: !Ref Jobs}
"""
STACK = {"StackName": "s", "StackId": "arn:aws:cloudformation:us-east-1:111122223333:stack/s/1"}
NOTE = "left out, because they hold a secret: Kept (parameter Password is NoEcho); Url (parameter Password is NoEcho)"


class Templates:
    """A client that knows templates by stage or stack, and one nested stack."""

    def __init__(self, **bodies: Any) -> None:
        self.bodies, self.asked = bodies, list[str]()

    def get_template(self, *, StackName: str, TemplateStage: str) -> dict[str, Any]:  # noqa: N803
        """The template of a stack."""
        name = "Nested" if StackName == "arn:nested" else TemplateStage
        self.asked.append(name)
        return {"TemplateBody": self.bodies[name]}

    def describe_stack_resource(self, **_: str) -> dict[str, Any]:
        """Where the nested stack is."""
        return {"StackResourceDetail": {"PhysicalResourceId": "arn:nested"}}


def test_secrets_of_a_deployed_stack_are_left_out(cloudformation: Any, stack_name: str) -> None:
    """Neither deploying nor reading gives them; each says which they are, and no value."""
    notes: list[str] = []

    def deployed() -> Any:
        return deploy(
            json.dumps(TEMPLATE),
            stack_name=stack_name,
            client=cloudformation,
            parameters={"Password": PASSWORD},
            on_note=notes.append,
            poll_seconds=0.02,
        )

    assert list(deployed().outputs) == ["JobsUrl"]
    assert notes == [f"stack {stack_name}: {NOTE}"]
    assert list(stack_outputs(cloudformation, stack_name, on_note=notes.append)) == ["JobsUrl"]
    assert notes[1:] == [f"stack {stack_name}: {NOTE}"]
    assert PASSWORD not in str(notes)
    assert list(deployed().outputs) == ["JobsUrl"]


def test_stack_with_nothing_but_secrets(cloudformation: Any, stack_name: str) -> None:
    """No outputs are left to write."""
    template = {**TEMPLATE, "Outputs": {"Url": TEMPLATE["Outputs"]["Url"]}}
    parameters = {"Password": PASSWORD}
    deploy(json.dumps(template), stack_name=stack_name, client=cloudformation, parameters=parameters, poll_seconds=0.02)

    with pytest.raises(OutputError, match="only outputs that hold a secret"):
        stack_outputs(cloudformation, stack_name)


def test_template_in_yaml() -> None:
    """Short forms are read as CloudFormation reads them."""
    assert without_secrets(Templates(Original=YAML), STACK, {"Url": "x:y", "JobsUrl": "https://q"}) == {
        "JobsUrl": "https://q"
    }


def test_template_with_macros_is_judged_as_written_and_as_made() -> None:
    """An output that only the macro knows is found, and so is one that it has changed."""
    processed = {**TEMPLATE, "Outputs": {"Url": {"Value": "known"}, "Made": {"Value": {"Ref": "Password"}}}}
    client = Templates(Original={**TEMPLATE, "Transform": "AWS::Serverless-2016-10-31"}, Processed=processed)

    assert without_secrets(client, STACK, {"Url": "u", "Made": "m", "JobsUrl": "j"}) == {"JobsUrl": "j"}
    assert client.asked == ["Original", "Processed"]


def test_outputs_of_nested_stacks_are_judged_by_their_template() -> None:
    """A secret that comes up from a nested stack is one."""
    nested = {"Parameters": {"P": {"Type": "String", "NoEcho": True}}, "Outputs": {"Up": {"Value": {"Ref": "P"}}}}
    original = {
        "Resources": {"Inner": {"Type": "AWS::CloudFormation::Stack"}},
        "Outputs": {
            "Up": {"Value": {"Fn::GetAtt": ["Inner", "Outputs.Up"]}},
            "Other": {"Value": {"Fn::GetAtt": ["Inner", "Outputs.Other"]}},
        },
    }

    assert without_secrets(Templates(Original=original, Nested=nested), STACK, {"Up": "u", "Other": "o"}) == {
        "Other": "o"
    }


@pytest.mark.parametrize("body", ["a: [", "plain", None])
def test_unreadable_template_gives_nothing(body: Any) -> None:
    """When nobody can tell what is secret, nothing is given away."""
    with pytest.raises(DeploymentError, match="which outputs are secret cannot be told, so none is given away"):
        without_secrets(Templates(Original=body), STACK, {"A": "1"})
