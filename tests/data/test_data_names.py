"""The table of physical names, against the schemas of the installed cfn-lint."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.scripts import script

from tap_templates.data.names import NameRule, name_rule, named_types

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    """Every type with its schema."""
    pytest.importorskip("cfnlint")
    return dict(script("refresh_data").schemas())


def rule_of(name: str) -> NameRule:
    """The rule of a type that has one."""
    rule = name_rule(name)
    assert rule
    return rule


def stated(schema: dict[str, Any], path: str) -> dict[str, Any]:
    """What the schema says of the property at a dotted path."""
    node = schema
    for step in path.split("."):
        node = node["properties"][step]
        while "$ref" in node:
            node = schema["definitions"][node["$ref"].removeprefix("#/definitions/")]
    return node


def test_bucket() -> None:
    """One row, its parts written out."""
    rule = rule_of("AWS::S3::Bucket")

    assert (rule.property, rule.minimum, rule.maximum) == ("BucketName", 3, 63)
    assert (rule.case, rule.scope, rule.prefix) == ("lower", "global", "")
    assert rule.source == "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"


def test_alias_has_its_prefix() -> None:
    """The name of a KMS alias starts with alias/."""
    assert rule_of("AWS::KMS::Alias").prefix == "alias/"


def test_type_without_names_has_no_rule() -> None:
    """A type that is not in the table is None."""
    assert name_rule("AWS::EFS::FileSystem") is None


@pytest.mark.parametrize("name", named_types())
def test_row_is_well_formed(name: str) -> None:
    """Words are of their lists, limits in order, the pattern compiles and the source is AWS's."""
    rule = rule_of(name)

    assert rule.type == name
    assert 1 <= rule.minimum < rule.maximum
    assert rule.case in ("lower", "any")
    assert rule.scope in ("global", "account", "region")
    assert re.compile(rule.characters)
    assert rule.source.startswith("https://docs.aws.amazon.com/")


def test_table_is_sorted() -> None:
    """Rows come by type."""
    assert list(named_types()) == sorted(named_types())


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("AWS::S3::Bucket", "tap-dev-data-0a1b2c3d", "Tap"),
        ("AWS::S3::Bucket", "a.b", "a..b"),
        ("AWS::S3::Bucket", "logs", "10.0.0.1"),
        ("AWS::S3::Bucket", "tap-s3", "tap--x-s3"),
        ("AWS::KMS::Alias", "alias/tap", "alias/aws/s3"),
        ("AWS::KMS::Alias", "alias/tap/data", "tap"),
        ("AWS::SQS::Queue", "orders.fifo", "orders.queue"),
        ("AWS::IAM::Role", "tap-dev-deployer@1", "tap/dev"),
        ("AWS::CloudTrail::Trail", "tap-dev", "tap--dev"),
        ("AWS::RDS::DBInstance", "tap-dev-1", "1tap"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "web-dev", "internal-web"),
        ("AWS::EC2::SecurityGroup", "web (dev)", "SG-web"),
        ("AWS::SSM::Parameter", "/tap/dev", "/AWS/dev"),
        ("AWS::Events::EventBus", "defaults", "default"),
        ("AWS::Budgets::Budget", "tap dev", "tap/action/dev"),
    ],
)
def test_characters(name: str, good: str, bad: str) -> None:
    """The pattern takes what AWS takes, and refuses what it refuses."""
    assert re.fullmatch(rule_of(name).characters, good)
    assert not re.fullmatch(rule_of(name).characters, bad)


@pytest.mark.parametrize("name", named_types())
def test_schema_allows_the_longest_name(name: str, schemas: dict[str, dict[str, Any]]) -> None:
    """No schema states a smaller maximum or a greater minimum than the table."""
    rule = rule_of(name)
    said = stated(schemas[name], rule.property)

    assert rule.maximum <= said.get("maxLength", rule.maximum)
    assert rule.minimum >= said.get("minLength", rule.minimum)


@pytest.mark.parametrize("name", named_types())
def test_schema_allows_the_characters(name: str, schemas: dict[str, dict[str, Any]]) -> None:
    """Names that the table allows match the pattern of the schema, where it states one."""
    rule = rule_of(name)
    pattern = stated(schemas[name], rule.property).get("pattern")
    if not pattern:
        return

    def within_limits(text: str) -> bool:
        return rule.minimum <= len(text) <= rule.maximum

    @settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(rule.characters, fullmatch=True).filter(within_limits))
    def check(text: str) -> None:
        assert re.search(pattern, text)

    check()


@pytest.mark.parametrize("name", [name for name in named_types() if rule_of(name).case == "lower"])
def test_lower_case_is_what_the_characters_allow(name: str) -> None:
    """Where capitals are refused, so is a name that has one."""
    assert re.fullmatch(rule_of(name).characters, "tap-dev")
    assert not re.fullmatch(rule_of(name).characters, "tap-Dev")
