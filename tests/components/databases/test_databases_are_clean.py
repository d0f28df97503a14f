"""What the checks find in databases of every form: nothing; and what the rules of databases judge: that they hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.clean import REGIONS, findings
from support.component_samples import fixed
from support.database_samples import CLUSTERS, GONE, INSTANCES, KEYED, UNDEMANDED, a_database, both
from support.good_templates import Good

from tap_templates.checks.rule import HOLDS
from tap_templates.checks.rules import every_rule
from tap_templates.checks.view import View
from tap_templates.settings import Settings

pytestmark = pytest.mark.once

ENGINES = (*INSTANCES, *CLUSTERS)
# Encrypted, not public, what stays, backups, deletion protection, Multi-AZ, alarms, a supported version.
JUDGES = ("E9107", "E9305", "E9601", "E9602", "E9603", "E9604", "E9605", "E9704", "E9802")


@pytest.mark.parametrize("language", ["postgres", "mysql"])
@pytest.mark.parametrize(
    ("make", "demands"),
    [
        (fixed, KEYED),
        (Settings, {}),
        pytest.param(fixed, {}, marks=pytest.mark.slow),
        pytest.param(Settings, KEYED, marks=pytest.mark.slow),
    ],
    ids=["fixed, own keys", "asked, AWS keys", "fixed, AWS keys", "asked, own keys"],
)
def test_in_six_regions(make: Any, demands: dict[str, Any], language: str) -> None:
    """An instance and a cluster, reached by servers, in both bindings, with and without a key of their own."""
    orders, _ = both(make(requirements=demands), language=language)

    assert findings(orders.stack, regions=REGIONS) == []


@pytest.mark.parametrize(
    ("environment", "demands", "language"),
    [
        ("dev", UNDEMANDED, "mysql"),
        ("staging", {}, "postgres"),
        pytest.param("dev", {}, "postgres", marks=pytest.mark.slow),
        pytest.param("staging", UNDEMANDED, "postgres", marks=pytest.mark.slow),
    ],
)
def test_in_smaller_profiles(environment: str, demands: dict[str, Any], language: str) -> None:
    """Whether a standby is demanded or not."""
    made, _ = both(fixed(environment=environment, requirements=demands), language=language)

    assert findings(made.stack) == []


def test_where_nothing_may_stay() -> None:
    """Neither snapshot nor backups."""
    assert findings(both(fixed(requirements=GONE))[0].stack) == []


@pytest.mark.parametrize("bucket", ["AES256", pytest.param("aws:kms", marks=pytest.mark.slow)])
def test_whatever_buckets_must_have(bucket: str) -> None:
    """SSE-S3 or KMS: databases have their own demand."""
    assert findings(a_database(settings=fixed(bucket=bucket, trail=bucket, requirements=KEYED)).stack) == []


@pytest.mark.parametrize("make", [fixed, Settings], ids=["fixed", "asked"])
@pytest.mark.parametrize("rule", JUDGES)
def test_rules_judge_both(rule: str, make: Any) -> None:
    """Each has something to say of the instance and of the cluster or its instances, and it holds."""
    orders, _ = both(make(requirements=KEYED))
    template = Good(json.loads(orders.stack.to_json()), orders.stack.requirements)
    [judge] = [each for each in every_rule() if each.id == rule]
    verdicts = list(template.configured(judge).judge(View(template.template)))

    assert {verdict.result for verdict in verdicts} == {HOLDS}
    assert {"Orders", "Stock"} <= {str(verdict.path[1]).removesuffix("Writer") for verdict in verdicts}


@pytest.mark.slow
@pytest.mark.parametrize("workload", ["small", "standard", "memory", "burst"])
@pytest.mark.parametrize("engine", ENGINES)
def test_every_workload(engine: str, workload: str) -> None:
    """With the environment asked for, without demands of standbys."""
    made = a_database(engine, Settings(requirements=UNDEMANDED), workload=workload)

    assert findings(made.stack, regions=REGIONS) == []
