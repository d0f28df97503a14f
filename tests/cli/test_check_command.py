"""What a person types and sees: ``check`` and ``explain``."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from tap_templates.checks.rules import every_rule
from tap_templates.cli import main
from tap_templates.requirements import REQUIREMENTS

GOOD = Path(__file__).parents[2] / "templates" / "secure-enterprise.json"


@pytest.fixture
def flipped(tmp_path: Path) -> str:
    """The good template with one bucket on a KMS key."""
    template = json.loads(GOOD.read_text(encoding="utf-8"))
    encryption = template["Resources"]["DataBucket"]["Properties"]["BucketEncryption"]
    [rule] = encryption["ServerSideEncryptionConfiguration"]
    rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] = "aws:kms"
    path = tmp_path / "flipped.json"
    path.write_text(json.dumps(template, indent=2), encoding="utf-8")
    return str(path)


def test_good_template_passes(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0, and one line that says what was checked."""
    assert main(["check", str(GOOD)]) == 0
    assert capsys.readouterr().out == (
        "1 file: 0 errors, 0 warnings, 0 informational; 0 suppressed by 0 suppressions in force\n"
    )


def test_flipped_bucket_is_named(flipped: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1, with resource, property and requirement."""
    assert main(["check", flipped]) == 1
    out = " ".join(capsys.readouterr().out.replace("│", " ").split())

    assert "DataBucket" in out
    assert "E9101" in out
    assert "1 file: 1 error, 0 warnings" in out


def test_json_lists_findings(flipped: str, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON on stdout, the summary on stderr."""
    assert main(["check", flipped, "--format", "json"]) == 1
    captured = capsys.readouterr()
    [finding] = json.loads(captured.out)["findings"]

    assert (finding["rule"], finding["resource"]) == ("E9101", "DataBucket")
    assert finding["path"][-1] == "SSEAlgorithm"
    assert "requirement bucket_encryption: AES256" in finding["message"]
    assert captured.err.startswith("1 file: 1 error")


def test_sarif_has_rule_and_place(flipped: str, tmp_path: Path) -> None:
    """SARIF names the rule, the file and the line."""
    target = tmp_path / "out" / "findings.sarif"
    assert main(["check", flipped, "--format", "sarif", "-o", str(target)]) == 1
    log = json.loads(target.read_text(encoding="utf-8"))
    [result] = log["runs"][0]["results"]

    assert log["version"] == "2.1.0"
    assert result["ruleId"] == "E9101"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == Path(flipped).as_uri()
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] > 1


def test_junit_has_a_failure(flipped: str, capsys: pytest.CaptureFixture[str]) -> None:
    """JUnit has a case for each rule, and the one that failed."""
    assert main(["check", flipped, "--format", "junit"]) == 1
    suite = ElementTree.fromstring(capsys.readouterr().out)
    failed = [case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None]

    assert failed == ["E9101 A bucket is encrypted as required"]


def test_evidence_is_written_twice(tmp_path: Path) -> None:
    """As JSON for machines and as Markdown for people."""
    assert main(["check", str(GOOD), "--evidence", str(tmp_path / "evidence.json")]) == 0
    data = json.loads((tmp_path / "evidence.json").read_text(encoding="utf-8"))

    assert data["counts"]["fails"] == 0
    assert data["counts"]["holds"] > 50
    assert (tmp_path / "evidence.md").read_text(encoding="utf-8").startswith("# Evidence\n")


def test_settings_demand_and_suppress(flipped: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Requirements and suppressions come from the settings file."""
    settings = tmp_path / "tap.yaml"
    row = "{rule: E9101, resource: DataBucket, reason: moves soon, owner: team, expires: 2999-01-31}"
    settings.write_text(f"version: 1\nsuppressions:\n  - {row}\n", encoding="utf-8")

    assert main(["check", flipped, "-c", str(settings)]) == 0
    assert "1 suppressed by 1 suppression in force" in capsys.readouterr().out


def test_misspelt_suppression_key_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A key that a suppression does not have is an error of the settings file."""
    settings = tmp_path / "tap.yaml"
    settings.write_text("version: 1\nsuppressions:\n  - {rule: E1, resource: A, until: 2999-01-31}\n", encoding="utf-8")

    assert main(["check", str(GOOD), "-c", str(settings)]) == 2
    assert "suppressions.0.until: found an unknown key 'until'" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_no_template_is_exit_2(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no template is an error, not a finding."""
    path = tmp_path / "t.json"
    path.write_text(content, encoding="utf-8")

    assert main(["check", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"error: {path}")


@pytest.mark.parametrize("name", ["check", "explain"])
def test_missing_extra_is_named(name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without cfn-lint the command says what to install."""
    for module in [key for key in sys.modules if key.startswith(("cfnlint", "tap_templates.checks"))]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "cfnlint", None)

    assert main([name, str(GOOD)]) == 2
    assert "pip install 'tap_templates[check]'" in capsys.readouterr().err


def test_explain_tells_all_of_a_check(capsys: pytest.CaptureFixture[str]) -> None:
    """What, why, fix, examples, source and controls, in any case of the id."""
    assert main(["explain", "e9102"]) == 0
    out = capsys.readouterr().out

    assert out.startswith("E9102: ")
    for word in ("What: ", "Why: ", "Fix: ", "Requirements: trail_encryption", "Fails:", "Passes:", "Source: https://"):
        assert word in out
    assert "Control: cis-aws 3.5 (version 5.0): " in out


def test_explain_shortens_what_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    """An example of too many mappings shows one of them."""
    assert main(["explain", "E9517"]) == 0
    told = capsys.readouterr().out
    assert told.count('"Memory"') == 2
    assert '"... 200 more": "..."' in told


def test_explain_tells_all_of_a_requirement(capsys: pytest.CaptureFixture[str]) -> None:
    """What it means, its values, what it does to the build, and the checks that prove it."""
    assert main(["explain", "log_retention_days"]) == 0
    out = capsys.readouterr().out

    assert "Values: 1 to 3653" in out
    assert "Build: Bounds what the retention of log groups can be set to." in out
    assert "  E9607: " in out


def test_explain_names_the_words_that_a_requirement_takes(capsys: pytest.CaptureFixture[str]) -> None:
    """Where it takes no number."""
    assert main(["explain", "bucket_encryption"]) == 0

    said = capsys.readouterr().out
    assert said.startswith("requirements.bucket_encryption\n")
    assert "AES256, aws:kms" in said


def test_explain_lists_everything(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a name, each requirement and each check has a line."""
    assert main(["explain"]) == 0
    words = capsys.readouterr().out.split()

    assert {row.key for row in REQUIREMENTS} <= set(words)
    assert {rule.id for rule in every_rule()} <= set(words)


def test_explain_of_an_unknown_name_suggests(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is nearly right is answered with the right one."""
    assert main(["explain", "bucket_encrypton"]) == 2
    assert "did you mean bucket_encryption?" in capsys.readouterr().err


def test_explain_of_a_requirement_without_checks(capsys: pytest.CaptureFixture[str]) -> None:
    """A requirement that only the build meets says that no check proves it."""
    assert main(["explain", "access_key_unused_days"]) == 0
    assert "Checks: none" in capsys.readouterr().out


def test_explain_tells_all_of_a_control(capsys: pytest.CaptureFixture[str]) -> None:
    """What it asks of the requirements, the checks that show it, and its source."""
    assert main(["explain", "cis-aws:3.5"]) == 0

    assert capsys.readouterr().out == (
        "cis-aws:3.5: CloudTrail logs are encrypted at rest with KMS keys\n"
        "\n"
        "Framework: CIS AWS Foundations Benchmark 5.0\n"
        "State: checked\n"
        "\n"
        "Requirements:\n"
        "  trail_encryption: aws:kms, unless cis-aws 3.5 is excluded\n"
        "\n"
        "Checks:\n"
        "  E9102: A trail is encrypted as required\n"
        "\n"
        "Security Hub:\n"
        "  CloudTrail.2: CloudTrail should have encryption at-rest enabled\n"
        "\n"
        "Source: https://docs.aws.amazon.com/securityhub/latest/userguide/cis-aws-foundations-benchmark.html\n"
    )


@pytest.mark.parametrize("name", ["fsbp:S3.8", "FSBP:s3.8", "fsbp S3.8"])
def test_explain_takes_a_control_as_people_write_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In any case, and as ``excluded_controls`` has it."""
    assert main(["explain", name]) == 0
    assert capsys.readouterr().out.startswith("fsbp:S3.8: S3 general purpose buckets should block public access\n")


def test_explain_says_why_no_check_shows_a_control(capsys: pytest.CaptureFixture[str]) -> None:
    """What lies outside has its reason, and no check."""
    assert main(["explain", "fsbp:IAM.4"]) == 0
    out = capsys.readouterr().out

    assert "State: outside\nWhy: The root user's credentials and devices are the account's" in out
    assert "Checks:" not in out


def test_explain_lists_the_controls_of_a_framework(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its state."""
    assert main(["explain", "cis-aws"]) == 0
    out = capsys.readouterr().out

    assert out.startswith("cis-aws: CIS AWS Foundations Benchmark 5.0\n")
    assert "  1.5               outside           The root user's MFA is a hardware device\n" in out
    assert "  3.5               checked           CloudTrail logs are encrypted at rest with KMS keys\n" in out
    assert sum(line.startswith("  ") for line in out.splitlines()) == 63


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fsbp:S3.88", "did you mean fsbp:S3.8?"),
        ("cis-aws:3.55", "`tap-templates explain cis-aws` lists the controls of CIS AWS Foundations Benchmark 5.0"),
        ("cis-aw:3.5", "did you mean cis-aws:3.5?"),
        ("nist-80053", "did you mean nist-800-53?"),
    ],
)
def test_explain_of_an_unknown_control_suggests(name: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A framework or a control that is nearly right is answered with the right one."""
    assert main(["explain", name]) == 2
    assert words in capsys.readouterr().err


def test_explain_of_a_check_names_controls_of_every_framework(capsys: pytest.CaptureFixture[str]) -> None:
    """A line each; those of NIST, which are shown in part alone, on one."""
    assert main(["explain", "E9111"]) == 0
    out = capsys.readouterr().out

    assert "Control: cis-aws 3.6 (version 5.0): Symmetric keys of the customer's own rotate\n" in out
    assert "Controls: nist-800-53 (version 5): SC-12, SC-12(2), SC-28(3)\n" in out
