"""What a person types and sees: ``deploy`` and ``outputs``, against an embedded AWS."""

from __future__ import annotations

import json
import pathlib
import re
import sys
from collections.abc import Callable

import pytest

from tap_templates.cli import main
from tap_templates.cli.deploy import print_outputs
from tap_templates.cli.target import STATE_FOLDER
from tap_templates.deployment import Clients
from tap_templates.emulator import background

TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Parameters": {"Owner": {"Type": "String", "MinLength": 2}},
    "Resources": {
        "Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [{"Key": "Owner", "Value": {"Ref": "Owner"}}]}}
    },
    "Outputs": {"JobsUrl": {"Value": {"Ref": "Jobs"}}, "JobsArn": {"Value": {"Fn::GetAtt": ["Jobs", "Arn"]}}},
}
LOCAL = ["--local", "--yes", "--no-checks"]


@pytest.fixture
def template(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A small template in a folder of its own, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    return "t.json"


def test_deploy_prints_outputs_and_writes_the_flat_file(template: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Progress goes to stderr, the outputs to stdout and to the file; a later command sees the same stack."""
    code = main(
        ["deploy", template, "--stack", "jobs", "-p", "Owner=me", *LOCAL, "-o", "cfn-outputs/flat-outputs.json"]
    )

    assert code == 0
    said = capsys.readouterr()
    assert re.search(r"^JobsArn  arn:aws:sqs:us-east-1:", said.out, re.M)
    assert "stack jobs: 1 to add" in said.err
    assert "1/1 CREATE_COMPLETE    Jobs" in said.err
    assert "stack jobs: CREATE_COMPLETE" in said.err
    assert "it stays until `tap-templates emulator stop`" in said.err
    flat = json.loads(pathlib.Path("cfn-outputs/flat-outputs.json").read_text(encoding="utf-8"))
    assert sorted(flat) == ["JobsArn", "JobsUrl"]

    assert main(["outputs", "jobs", "--local"]) == 0
    assert sorted(json.loads(capsys.readouterr().out)) == ["JobsArn", "JobsUrl"]

    assert main(["outputs", "jobs", "--local", "-o", "again.json"]) == 0
    assert json.loads(pathlib.Path("again.json").read_text(encoding="utf-8"))["JobsArn"] == flat["JobsArn"]

    assert main(["outputs", "job", "--local", "-o", "none.json"]) == 2
    assert "found 'no such stack in this account and region'" in capsys.readouterr().err
    assert not pathlib.Path("none.json").exists()

    assert main(["deploy", template, "--stack", "jobs", "-p", "Owner=me", *LOCAL]) == 0
    assert "stack jobs: CREATE_COMPLETE (no changes)" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["deploy", "missing.json", "--stack", "s", *LOCAL], "name a readable template file"),
        (
            ["deploy", "t.json", "--stack", "s", "-p", "Owner", *LOCAL],
            "write KEY=VALUE, for example Project=payments",
        ),
        (["deploy", "t.json", "--stack", "s", *LOCAL], "Owner"),
        (["deploy", "t.json", "--stack", "s", "-p", "Owner=x", *LOCAL], "Owner"),
        (["deploy", "t.json", "--stack", "s", "-p", "Ownr=me", "-p", "Owner=me", *LOCAL], "Ownr"),
        (["deploy", "t.json", "--stack", "s", "--local", "--endpoint-url", "http://127.0.0.1:1"], "use one of them"),
        (["deploy", "t.json", "--stack", "s", "--local", "--profile", "p"], "use one of them"),
        (["deploy", "t.json"], "--stack"),
    ],
    ids=["no file", "no value", "not given", "too short", "unknown", "two targets", "profile", "no stack name"],
)
def test_bad_input_is_said_before_anything_is_deployed(
    arguments: list[str], remedy: str, template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, nothing on stdout, what to do on stderr."""
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert remedy in said.err
    assert "Traceback" not in said.err


def test_template_that_is_not_text_is_refused(template: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A binary file is named as what it is."""
    pathlib.Path("t.json").write_bytes(b"\xff\xfe")
    assert main(["deploy", template, "--stack", "s", *LOCAL]) == 2
    assert "t.json: found 'not UTF-8'" in capsys.readouterr().err


def test_unreachable_endpoint_is_a_failure_and_not_a_traceback(
    template: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 1 with the address and what to check."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setattr("tap_templates.deployment.clients.MAX_ATTEMPTS", 1)
    arguments = ["outputs", "s", "--endpoint-url", "http://127.0.0.1:9", "--region", "us-east-1"]
    assert main(arguments) == 1
    assert "check the network, the endpoint URL and the region" in capsys.readouterr().err


def test_template_that_is_no_template_is_refused_where_it_is_wrong(
    template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The place in it, and what to write."""
    pathlib.Path("t.json").write_text('{"Resources": {"Jobs": {"Properties": {}}}}', encoding="utf-8")

    assert main(["deploy", template, "--stack", "s", *LOCAL]) == 2
    assert "template: Jobs.Type: found None; write a type such as AWS::S3::Bucket" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("", "found 'an empty file'"),
        ('{"Owner": }', "parameters.json:1: found 'Expecting value'"),
        ("Owner: [", "parameters.json:1"),
        ('{"Owner": {"a": "b"}}', "parameters.json: Owner: found 'a mapping'"),
        ('{"Owner": "me", "Ownr": "x"}', "Ownr: no such parameter (did you mean Owner?)"),
        ('{"Owner": "x"}', "Owner: found 'x'; use at least 2 characters"),
        ('[{"ParameterKey": "Owner"}]', "Owner without ParameterValue"),
        ('{"Parameters": {"Owner": "me"}, "Tags": {"aws:x": "y"}}', "tag aws:x"),
    ],
)
def test_bad_file_of_parameters_is_said_before_anything_is_deployed(
    text: str, remedy: str, template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and no embedded AWS is started for it."""
    pathlib.Path("parameters.json").write_text(text, encoding="utf-8")

    assert main(["deploy", template, "--stack", "s", "--parameters", "parameters.json", *LOCAL]) == 2
    said = capsys.readouterr()
    assert remedy in said.err
    assert said.out == ""
    assert not pathlib.Path(".tap-templates").exists()


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--parameters", "none.json"], "none.json: found 'no such file or directory'"),
        (["--tag", "Owner"], "--tag: found 'Owner'; write KEY=VALUE, for example CostCenter=CC-1234"),
        (["--tag", "aws:x=y"], "not beginning with aws:"),
        (["--capability", "CAPABILITY_IAMM"], "did you mean CAPABILITY_IAM?"),
        (["--timeout", "soon"], "--timeout"),
        (["-o", "t.json/flat.json"], "t.json/flat.json: found 'not a directory'"),
        (["-o", "."], ".: found 'is a folder'"),
    ],
)
def test_bad_options_deploy_nothing(
    options: list[str], found: str, template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also an outputs file that cannot be written is said before there is a stack."""
    assert main(["deploy", template, "--stack", "s", "-p", "Owner=me", *options, *LOCAL]) == 2
    said = capsys.readouterr().err
    assert found in said
    assert "stack s" not in said


def test_findings_refuse_a_deployment_and_say_how_to_go_on(template: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1 before anything is deployed; with --no-checks, or without an error, it goes through."""
    wrong = {"Resources": {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"Nope": 1}}}}
    pathlib.Path("wrong.json").write_text(json.dumps(wrong), encoding="utf-8")

    assert main(["deploy", "wrong.json", "--stack", "s", "--local", "--yes"]) == 1
    said = capsys.readouterr().err
    assert "Nope" in said
    assert "correct them (`tap-templates explain RULE`), or deploy without checks: --no-checks" in said
    assert not pathlib.Path(".tap-templates").exists()


def test_checked_template_is_deployed_with_what_the_checks_counted(
    template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No errors: the summary of the checks comes first, then the change set."""
    assert main(["generate", "secure-enterprise", "-o", "t.json"]) == 0
    given = ["Project=pay", "Environment=prod", "Owner=team@example.com", "CostCenter=CC-1"]
    capsys.readouterr()

    arguments = ["deploy", "t.json", "--stack", "s", "--local", "--yes", "--region", "eu-west-1"]
    assert main([*arguments, *(word for pair in given for word in ("-p", pair))]) == 0
    said = capsys.readouterr().err
    assert "0 errors" in said.split("stack s: new")[0]
    assert "termination protection: on" in said
    assert "acknowledges CAPABILITY_NAMED_IAM" in said

    assert main(["delete", "s", "--local", "--yes", "--region", "eu-west-1"]) == 1
    assert "termination protection" in capsys.readouterr().err
    lifted = [*arguments, "--no-termination-protection", "--keep-values"]
    assert main(lifted) == 0
    assert main(["delete", "s", "--local", "--yes", "--region", "eu-west-1"]) == 0


def test_missing_extra_says_how_to_go_without(
    template: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Checks that are not installed: how to install them, or to deploy unchecked."""
    monkeypatch.setitem(sys.modules, "tap_templates.checks.engine", None)

    assert main(["deploy", template, "--stack", "s", "-p", "Owner=me", "--local", "--yes"]) == 2
    said = capsys.readouterr().err
    assert "pip install 'tap_templates[check]', or deploy without checks: --no-checks" in said


def test_policy_in_a_template_configuration_is_said_to_be_left_out(
    template: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """CodePipeline's form may carry one; ours is made from the template. Its tags are used."""
    configuration = {"Parameters": {"Owner": "me"}, "Tags": {"Team": "a"}, "StackPolicy": {"Statement": []}}
    pathlib.Path("c.json").write_text(json.dumps(configuration), encoding="utf-8")

    assert main(["deploy", template, "--stack", "s", "--parameters", "c.json", "--tag", "More=b", *LOCAL]) == 0
    assert "c.json: its StackPolicy is not used; one is made from the template" in capsys.readouterr().err
    embedded = background.start(STATE_FOLDER).aws
    client = Clients(arguments=embedded.client_arguments())("cloudformation")
    [stack] = client.describe_stacks(StackName="s")["Stacks"]
    assert {tag["Key"]: tag["Value"] for tag in stack["Tags"]} == {"Owner": "me", "Team": "a", "More": "b"}


def test_person_who_says_no_or_leaves_changes_nothing(
    template: str, typed: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """The change set is shown, and taken back; Ctrl-D and Ctrl-C at the question count as no."""
    words = ["deploy", template, "--stack", "s", "-p", "Owner=me", "--local", "--no-checks"]

    typed("n\n")
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "stack s: 1 to add" in said
    assert "nothing was changed" in said
    typed("")
    assert main(words) == 130
    assert "nothing was changed\ninterrupted" in capsys.readouterr().err
    assert main(["outputs", "s", "--local"]) == 2


def test_interrupted_wait_ends_with_the_command_that_picks_it_up(
    template: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C while AWS works: exit code 130, and nothing is lost."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    words = ["deploy", template, "--stack", "s", "-p", "Owner=me", *LOCAL]
    with monkeypatch.context() as patched:
        patched.setattr("tap_templates.deployment.deploying.Watch.settled", interrupted)
        assert main(words) == 130
    said = capsys.readouterr()
    assert said.out == ""
    assert "AWS goes on with the operation, and nothing is lost" in said.err
    assert "pick it up: tap-templates deploy t.json --stack s -p Owner=me --local --yes --no-checks" in said.err
    assert main(words) == 0
    assert "JobsUrl" in capsys.readouterr().out


def test_outputs_on_a_terminal_are_a_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Framed for people; two columns for everything else; no outputs, no lines."""
    print_outputs({"JobsArn": "arn:aws:sqs", "Long": "x" * 300})
    assert capsys.readouterr().out == f"JobsArn  arn:aws:sqs\nLong     {'x' * 300}\n"
    print_outputs({})
    assert capsys.readouterr().out == ""

    monkeypatch.setenv("FORCE_COLOR", "1")
    print_outputs({"JobsArn": "arn:aws:sqs", "Long": "x" * 300})
    said = capsys.readouterr().out
    assert "┃" in said
    assert said.count("x") == 300
