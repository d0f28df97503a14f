"""What a person types and sees: ``list``, ``generate``, ``schema``."""

from __future__ import annotations

import json
import pathlib
import stat

import pytest

from tap_templates.cli import main

GOOD = """\
version: 1
project: payments
owner: team@example.com
cost_center: CC-1
environments:
  dev: {}
  prod: {data_classification: restricted}
"""


@pytest.fixture
def settings(tmp_path: pathlib.Path) -> pathlib.Path:
    """A good settings file with two environments."""
    path = tmp_path / "tap.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command says to stderr when it refuses its input; nothing goes to stdout."""
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return captured.err


def test_list_names_each_blueprint_with_what_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """One line a blueprint, the name first."""
    assert main(["list"]) == 0
    assert capsys.readouterr().out.startswith("secure-enterprise  encrypted buckets")


def test_generate_writes_nothing_but_the_template_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """Without -o the JSON can be piped, and nothing is said beside it."""
    assert main(["generate", "secure-enterprise"]) == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["AWSTemplateFormatVersion"] == "2010-09-09"
    assert captured.out.endswith("}\n")
    assert captured.err == ""


def test_generate_needs_no_blueprint_name(capsys: pytest.CaptureFixture[str]) -> None:
    """The flagship is what comes without a name."""
    assert main(["generate"]) == 0
    without = capsys.readouterr().out
    assert main(["generate", "secure-enterprise"]) == 0
    assert capsys.readouterr().out == without


def test_compact_is_the_same_template_without_white_space(capsys: pytest.CaptureFixture[str]) -> None:
    """--compact changes bytes, not content."""
    main(["generate"])
    pretty = capsys.readouterr().out
    main(["generate", "--compact"])
    compact = capsys.readouterr().out
    assert json.loads(compact) == json.loads(pretty)
    assert len(compact) < len(pretty) / 1.5
    assert compact.count("\n") == 1


def test_generate_to_a_file_brings_its_sheet_and_contract(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """-o FILE writes FILE, the sheet and the contract beside it, and says so to stderr."""
    path = tmp_path / "made/t.json"

    assert main(["generate", "secure-enterprise", "-o", str(path)]) == 0

    assert json.loads(path.read_text(encoding="utf-8"))["Resources"]
    assert path.with_suffix(".md").read_text(encoding="utf-8").startswith("# t: upload sheet")
    contract = json.loads(path.with_suffix(".outputs.json").read_text(encoding="utf-8"))
    assert contract["title"] == "t"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"wrote {path}" in captured.err
    assert "outputs, " in captured.err


def test_no_sheet_and_no_contract_write_the_template_alone(tmp_path: pathlib.Path) -> None:
    """--no-sheet leaves the sheet out, --no-contract the contract."""
    assert main(["generate", "-o", str(tmp_path / "t.json"), "--no-sheet", "--no-contract"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["t.json"]


def test_each_environment_of_the_file_gets_a_file(settings: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """Without -e every environment is written to the folder, under its name."""
    folder = tmp_path / "templates"

    assert main(["generate", "-c", str(settings), "-o", f"{folder}/"]) == 0

    assert sorted(path.name for path in folder.iterdir()) == [
        "secure-enterprise-dev.json",
        "secure-enterprise-dev.md",
        "secure-enterprise-dev.outputs.json",
        "secure-enterprise-prod.json",
        "secure-enterprise-prod.md",
        "secure-enterprise-prod.outputs.json",
    ]
    dev, prod = ((folder / f"secure-enterprise-{name}.json").read_text(encoding="utf-8") for name in ("dev", "prod"))
    assert "payments-dev-" in dev
    assert "payments-prod-" not in dev
    assert "payments-prod-" in prod


def test_one_environment_can_go_to_stdout(settings: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    """-e ENV picks one, and naming it twice is naming it once."""
    assert main(["generate", "-c", str(settings), "-e", "prod", "-e", "prod"]) == 0
    template = json.loads(capsys.readouterr().out)
    assert sorted(template["Parameters"]) == [
        "AccessKeyDeleteAfterDays",
        "AccessKeyGraceDays",
        "AccessKeyMaxAgeDays",
        "AccessKeyUnusedDays",
        "AlarmEmail",
        "LogRetentionDays",
        "ReserveConcurrency",
    ]


def test_file_without_environments_describes_one_stack(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the file leaves out, the environment too, is asked for at upload."""
    path = tmp_path / "tap.yaml"
    path.write_text("version: 1\nproject: payments\n", encoding="utf-8")
    assert main(["generate", "-c", str(path)]) == 0
    parameters = json.loads(capsys.readouterr().out)["Parameters"]
    assert "Project" not in parameters
    assert parameters["Environment"]["AllowedValues"] == ["dev", "staging", "prod"]


def test_schema_is_json_for_editors(capsys: pytest.CaptureFixture[str]) -> None:
    """The schema of tap.yaml goes to stdout."""
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["title"] == "tap.yaml"
    assert schema["required"] == ["version"]


@pytest.mark.parametrize(
    "arguments", [["--help"], ["generate", "--help"], ["deploy", "-h"], ["outputs", "-h"], ["list", "-h"]]
)
def test_every_command_has_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """--help explains and succeeds."""
    assert main(arguments) == 0
    assert "Usage:" in capsys.readouterr().out


def test_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """--version names program and version."""
    import tap_templates

    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tap-templates, version {tap_templates.__version__}\n"


def test_misspelt_command_is_answered_with_the_near_one(capsys: pytest.CaptureFixture[str]) -> None:
    """A near miss names the command that was meant."""
    assert "no command 'generat' (did you mean generate?)" in refused(capsys, "generat")


def test_unknown_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown option exits with 2."""
    assert "--outptu" in refused(capsys, "generate", "--outptu", "x")


def test_unknown_blueprint_is_answered_with_the_near_one(capsys: pytest.CaptureFixture[str]) -> None:
    """Where, what was found, what to use."""
    assert refused(capsys, "generate", "secure-enterprize") == (
        "error: blueprint: found 'secure-enterprize'; use one of secure-enterprise, event-pipeline, data-store "
        "(did you mean secure-enterprise?)\n"
    )


def test_environment_that_the_file_does_not_have(settings: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The environments of the file are listed."""
    assert refused(capsys, "generate", "-c", str(settings), "-e", "prd") == (
        f"error: {settings}: environments: found 'prd'; use one of dev, prod, "
        "or add it below environments: (did you mean prod?)\n"
    )


def test_environment_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """-e means nothing without a file that describes it."""
    assert "name the settings file that describes it: -c FILE" in refused(capsys, "generate", "-e", "dev")


def test_several_templates_do_not_go_to_stdout(settings: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two JSON documents in one stream help nobody."""
    assert "stdout for 2 templates" in refused(capsys, "generate", "-c", str(settings))


def test_several_templates_do_not_go_to_one_file(
    settings: pathlib.Path, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file name for two templates is refused, and not written."""
    path = tmp_path / "t.json"
    assert f"name a folder: {path}/" in refused(capsys, "generate", "-c", str(settings), "-o", str(path))
    assert not path.exists()


def test_all_faults_of_a_file_come_at_once_and_no_file_is_touched(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Misspelt key, wrong type, out-of-range value, too long a project: four lines, and the old output stands."""
    bad, target = tmp_path / "tap.yaml", tmp_path / "t.json"
    bad.write_text(
        "version: 1\nproject: averyveryverylongprojectname\nowneer: x\ncost_center: 12\n"
        "access_keys:\n  max_age_days: 999\n",
        encoding="utf-8",
    )
    target.write_text("old", encoding="utf-8")

    said = refused(capsys, "generate", "-c", str(bad), "-o", str(target))

    assert f"{bad}:2: project: found 'averyveryverylongprojectname'; use 2 to 20 lower-case letters and digits" in said
    assert f"{bad}:3: owneer: found an unknown key 'owneer'" in said
    assert "(did you mean owner?)" in said
    assert f"{bad}:4: cost_center: found 12; use text; put it in quotes" in said
    assert f"{bad}:6: access_keys.max_age_days: found 999; use a whole number from 1 to 365" in said
    assert target.read_text(encoding="utf-8") == "old"


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (None, "name a readable settings file"),
        (b"\xff\xfe\x00", "save the file as UTF-8"),
        (b"a: [1, 2", "write valid YAML"),
        (b"- just\n- a list\n", "begin with version: 1"),
        (b"", "begin with version: 1"),
    ],
    ids=["missing", "not text", "not YAML", "no mapping", "empty"],
)
def test_unreadable_settings_file(
    content: bytes | None, remedy: str, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever is wrong with the file, the message names it and says what to do."""
    path = tmp_path / "tap.yaml"
    if content is not None:
        path.write_bytes(content)
    said = refused(capsys, "generate", "-c", str(path))
    assert str(path) in said
    assert remedy in said


def test_output_below_a_file_cannot_be_written(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An impossible path is named with the system's reason."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    said = refused(capsys, "generate", "-o", str(tmp_path / "file/t.json"))
    assert str(tmp_path / "file/t.json") in said
    assert "name a file in a folder that can be written" in said
