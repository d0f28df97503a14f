"""What a person types and sees: ``tests``."""

from __future__ import annotations

import json
import pathlib

import pytest

from tap_templates.cli import main

TEMPLATE = {
    "Parameters": {"Owner": {"Type": "String", "MinLength": 2}},
    "Resources": {
        "Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [{"Key": "Owner", "Value": {"Ref": "Owner"}}]}},
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
    },
    "Outputs": {"JobsUrl": {"Value": {"Ref": "Jobs"}}},
}


@pytest.fixture(autouse=True)
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A folder with a template, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")
    (tmp_path / "none.json").write_text('{"Resources": {"T": {"Type": "AWS::DynamoDB::Table"}}}', encoding="utf-8")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    return tmp_path


def test_suite_is_written_and_belongs_to_its_user(folder: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Changed files are not written over, unless forced; what is not tested is told."""
    assert main(["tests", "t.json", "-p", "Owner=me"]) == 0
    said = capsys.readouterr().err
    assert "not tested: Table: no tests for AWS::DynamoDB::Table" in said
    assert "wrote tests/integration: 4 files, 4 test functions" in said
    tags = folder / "tests/integration/test_tags.py"
    assert '"Jobs": {"Owner": "me"}' in tags.read_text(encoding="utf-8")
    tags.write_text("# mine\n", encoding="utf-8")

    assert main(["tests", "t.json", "-p", "Owner=me"]) == 2
    assert "write over them with --force" in capsys.readouterr().err
    assert tags.read_text(encoding="utf-8") == "# mine\n"

    assert main(["tests", "t.json", "-p", "Owner=you", "--force"]) == 0
    assert '"Jobs": {"Owner": "you"}' in tags.read_text(encoding="utf-8")

    assert main(["tests", "t.json", "-p", "Owner=me", "-o", "other"]) == 0
    assert (folder / "other/conftest.py").exists()


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["missing.json"], "name a readable template file"),
        (["bad.json"], "pass the JSON or YAML of a template"),
        (["none.json"], "name a template with resources or outputs"),
        (["t.json"], "Owner"),
        (["t.json", "-p", "Owner"], "write KEY=VALUE"),
        (["t.json", "-p", "Owner=x"], "Owner"),
        (["t.json", "-p", "Owner=me", "-p", "Ownr=me"], "Ownr"),
        (["t.json", "-p", "Owner=me", "-o", "t.json"], "folder"),
    ],
    ids=["no file", "no JSON", "nothing to test", "not given", "no value", "too short", "unknown", "no folder"],
)
def test_bad_input_is_told_and_nothing_is_written(
    arguments: list[str], remedy: str, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and what to do."""
    before = sorted(path.name for path in folder.iterdir())

    assert main(["tests", *arguments]) == 2

    assert remedy in capsys.readouterr().err
    assert sorted(path.name for path in folder.iterdir()) == before
