"""Limits of templates are cfn-lint's own rules: they fire in a run of this library's checks.

cfn-lint counts no Parameters and no Mappings (E2010 and E7010 are about what is in them); ``stack.limits`` counts both.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint_file

from tap_templates.checks.engine import Checker
from tap_templates.errors import UsageError
from tap_templates.stack.limits import LARGEST_TEMPLATE_BYTES, MOST

TOPIC = {"Type": "AWS::SNS::Topic"}
OUTPUT = {"Description": "The topic", "Value": {"Ref": "R0"}}


def named(prefix: str, count: int, entry: Any) -> dict[str, Any]:
    """So many entries of one kind."""
    return {f"{prefix}{index}": entry for index in range(count)}


@pytest.fixture(scope="module")
def checker() -> Checker:
    """Every rule, once."""
    return Checker()


def rules(checker: Checker, tmp_path: Path, template: dict[str, Any]) -> set[str]:
    """Ids of the rules that find something."""
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template), encoding="utf-8")
    return {finding.rule for finding in checker.check([str(path)]).findings}


@pytest.mark.parametrize(
    ("rule", "sections"),
    [
        ("E3010", {"Resources": named("R", MOST["Resources"] + 1, TOPIC)}),
        ("E6010", {"Outputs": named("O", MOST["Outputs"] + 1, OUTPUT)}),
        ("E7010", {"Mappings": {"M": named("K", MOST["Mappings"] + 1, {"b": "c"})}}),
    ],
)
def test_one_entry_too_many_is_found(checker: Checker, tmp_path: Path, rule: str, sections: dict[str, Any]) -> None:
    """By the rule of cfn-lint's for that section."""
    assert rule in rules(checker, tmp_path, {"Resources": {"R0": TOPIC}, **sections})


def test_template_that_is_too_large_is_found(checker: Checker, tmp_path: Path) -> None:
    """Above what CloudFormation takes from a bucket: by cfn-lint's rule, and refused by the checks before that."""
    path = tmp_path / "template.json"
    metadata = {"Notes": "x" * LARGEST_TEMPLATE_BYTES}
    path.write_text(json.dumps({"Metadata": metadata, "Resources": {"R0": TOPIC}}), encoding="utf-8")

    assert [match.rule.id for match in lint_file(path)] == ["E1002"]
    with pytest.raises(UsageError, match=r"1,000,0.. bytes'; name a template; CloudFormation takes at most 1,000,000"):
        checker.check([str(path)])
