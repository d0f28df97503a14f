"""Runtimes and engine versions that AWS supports on a day, and what an account can have one of."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.dated import DatedRule
from tap_templates.checks.rules.engine_version_is_supported import EngineVersionIsSupported
from tap_templates.checks.rules.runtime_is_supported import RuntimeIsSupported
from tap_templates.checks.rules.singleton_has_a_toggle import SingletonHasAToggle
from tap_templates.errors import UsageError

FUNCTION, INSTANCE, CLUSTER = "AWS::Lambda::Function", "AWS::RDS::DBInstance", "AWS::RDS::DBCluster"
DETECTOR = {"Type": "AWS::GuardDuty::Detector", "Properties": {"Enable": True}}
ANALYZER = "AWS::AccessAnalyzer::Analyzer"


@pytest.mark.parametrize(
    ("on", "runtime", "expected"),
    [
        ("2025-12-14", "python3.9", ["holds"]),
        ("2025-12-15", "python3.9", ["fails"]),
        ("2025-12-15", "provided.al2023", ["holds"]),
        ("2025-12-15", "python99", ["cannot tell"]),
        ("2025-12-15", ["python3.9"], ["cannot tell"]),
        ("2025-12-15", {"Ref": "Runtime"}, ["cannot tell"]),
        ("2025-12-15", NO_VALUE, []),
        ("2025-12-15", either("IsOld", "python3.8", "python3.13"), ["fails", "holds"]),
    ],
)
def test_runtime_is_supported_on_the_day(on: str, runtime: Any, expected: list[str]) -> None:
    """Until the day on which it is deprecated; an image has no runtime."""
    assert results(RuntimeIsSupported, one(FUNCTION, Runtime=runtime), demands={"on": on}) == expected


def test_finding_names_the_day_and_the_successor() -> None:
    """What to use instead."""
    assert said(RuntimeIsSupported, one(FUNCTION, Runtime="nodejs18.x"), demands={"on": "2026-01-31"}) == [
        (
            "fails",
            "Resources/It/Properties/Runtime",
            "It.Runtime: found 'nodejs18.x'; use a runtime that is supported on 2026-01-31: nodejs24.x",
        )
    ]


@pytest.mark.parametrize("rule", [RuntimeIsSupported, EngineVersionIsSupported])
def test_day_is_today_unless_one_is_given(rule: type[DatedRule]) -> None:
    """And what is no day is refused."""
    made = rule()
    assert made.on == date.today()

    with pytest.raises(UsageError) as caught:
        made.configure({"on": "tomorrow"})
    assert str(caught.value) == f"configure_rules.{rule.id}.on: found 'tomorrow'; use a day like \"2027-07-01\""


@pytest.mark.parametrize(
    ("engine", "version", "expected"),
    [
        ("postgres", "13.16", ["fails"]),
        ("postgres", "14.2", ["holds"]),
        ("postgres", 17, ["holds"]),
        ("postgres", "9.6.24", ["fails"]),
        ("mysql", "8.0.40", ["fails"]),
        ("mysql", "8.4.3", ["holds"]),
        ("mariadb", "10.11.9", ["holds"]),
        ("mariadb", "10.1", ["cannot tell"]),
        ("aurora-mysql", "8.0.mysql_aurora.3.05.2", ["holds"]),
        ("aurora-mysql", "5.7.mysql_aurora.2.11.4", ["fails"]),
        ("aurora-postgresql", "16.4", ["holds"]),
        ("postgres", NO_VALUE, ["holds"]),
        ("postgres", {"Ref": "Version"}, ["cannot tell"]),
        ("postgres", "{{resolve:ssm:/version}}", ["cannot tell"]),
        ("oracle-ee", "19", ["cannot tell"]),
        ({"Ref": "Engine"}, "17", ["cannot tell"]),
        (either("IsNew", "postgres", "mysql"), either("IsNew", "17.2", "5.7.44"), ["holds", "fails"]),
    ],
)
@pytest.mark.parametrize("kind", [INSTANCE, CLUSTER])
def test_engine_version_is_in_standard_support(kind: str, engine: Any, version: Any, expected: list[str]) -> None:
    """By its major version, on the day of the check; what the table has not got cannot be told."""
    found = results(
        EngineVersionIsSupported, one(kind, Engine=engine, EngineVersion=version), demands={"on": "2026-11-26"}
    )

    assert found == expected


def test_last_day_of_support_still_counts() -> None:
    """Extended support begins the day after."""
    database = one(INSTANCE, Engine="postgres", EngineVersion="14.2")

    assert results(EngineVersionIsSupported, database, demands={"on": "2027-02-28"}) == ["holds"]
    assert said(EngineVersionIsSupported, database, demands={"on": "2027-03-01"}) == [
        (
            "fails",
            "Resources/It/Properties/EngineVersion",
            "It.EngineVersion: found '14.2'; supported until 2027-02-28: use a major version in standard support, "
            "18 for instance",
        )
    ]


def test_singleton_without_a_condition_fails() -> None:
    """At the resource."""
    assert said(SingletonHasAToggle, {"It": DETECTOR}) == [
        (
            "fails",
            "Resources/It",
            "It: found 'AWS::GuardDuty::Detector'; one for each Region of an account: "
            "give it a Condition on a parameter",
        )
    ]


@pytest.mark.parametrize(
    ("condition", "result"), [("WithDetector", "holds"), ("Missing", "fails"), ({"Ref": "X"}, "fails")]
)
def test_condition_of_the_template_is_a_toggle(condition: Any, result: str) -> None:
    """One that is not there is none."""
    conditions = {"WithDetector": {"Fn::Equals": [{"Ref": "Answer"}, "true"]}}

    found = results(SingletonHasAToggle, {"It": {**DETECTOR, "Condition": condition}}, Conditions=conditions)
    assert found == [result]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("ACCOUNT", ["fails"]),
        ("ORGANIZATION", ["fails"]),
        ("ACCOUNT_UNUSED_ACCESS", []),
        ({"Ref": "Kind"}, ["cannot tell"]),
        (either("IsRoot", "ORGANIZATION", "ACCOUNT_UNUSED_ACCESS"), ["fails"]),
    ],
)
def test_analyzer_is_a_singleton_by_its_type(kind: Any, expected: list[str]) -> None:
    """Of external access there is one; others have a greater quota."""
    assert results(SingletonHasAToggle, one(ANALYZER, Type=kind)) == expected
