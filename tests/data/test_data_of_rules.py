"""The tables that rules read: well formed, and about types and properties that there are."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from support.scripts import script

from tap_templates.data.asynchronous import asynchronous_principals, asynchronous_properties
from tap_templates.data.attachments import attachments
from tap_templates.data.default_sizes import default_sizes
from tap_templates.data.engine_versions import engines, newest_version, supported_until
from tap_templates.data.log_producers import log_producers
from tap_templates.data.metrics import namespace, namespaces
from tap_templates.data.names import name_rule, named_types
from tap_templates.data.pseudo_parameters import pseudo_parameters
from tap_templates.data.resource_types import resource_type
from tap_templates.data.runtimes import is_known, successor
from tap_templates.data.secret_properties import secret_properties
from tap_templates.data.singletons import singletons

pytestmark = pytest.mark.once

# Told from outside the schemas: keys that Cognito takes in a free mapping.
WITHOUT_SCHEMA = [("AWS::Cognito::UserPoolIdentityProvider", "ProviderDetails.client_secret")]


@pytest.fixture(scope="module")
def schemas() -> dict[str, dict[str, Any]]:
    """Every type with its schema."""
    pytest.importorskip("cfnlint")
    return dict(script("refresh_data").schemas())


def has(schema: dict[str, Any], path: str) -> bool:
    """Whether a schema has the property at a dotted path, in which ``*`` is any item."""
    node: dict[str, Any] = schema
    for step in path.split("."):
        node = node.get("items", {}) if step == "*" else node.get("properties", {}).get(step, {})
        while "$ref" in node:
            node = schema["definitions"][node["$ref"].removeprefix("#/definitions/")]
    return bool(node)


def properties() -> list[tuple[str, str]]:
    """Every property that a table names."""
    secret = [(name, path) for name, paths in secret_properties().items() for path in paths]
    logs = [(row.type, place) for row in log_producers() for place in (row.property, row.name) if place]
    single = [(row.type, row.property) for row in singletons() if row.property]
    holders = [(name, rule.within) for name in named_types() if (rule := name_rule(name)) and rule.within]
    sizes = [(size.type, place) for size in default_sizes() for place in (size.property, size.unless) if place]
    return [*secret, *logs, *single, *holders, *sizes, *asynchronous_properties().items()]


@pytest.mark.parametrize(("name", "path"), [row for row in properties() if row not in WITHOUT_SCHEMA])
def test_property_is_in_the_schema(name: str, path: str, schemas: dict[str, dict[str, Any]]) -> None:
    """What a rule looks at can be there."""
    assert has(schemas[name], path)


@pytest.mark.parametrize("name", [*attachments(), *(row.type for row in singletons())])
def test_type_exists(name: str) -> None:
    """CloudFormation has it."""
    assert resource_type(name)


def test_sources_are_those_of_aws() -> None:
    """Each row that has one of its own."""
    sources = [row.source for row in (*log_producers(), *singletons())]
    sources += [found.source for name in namespaces() if (found := namespace(name))]

    assert all(source.startswith("https://docs.aws.amazon.com/") for source in sources)


def test_metrics_of_a_namespace() -> None:
    """One row, its parts looked at."""
    functions = namespace("AWS/Lambda")

    assert functions
    assert {"Errors", "Throttles", "Duration"} <= set(functions.metrics)
    assert "FunctionName" in functions.dimensions
    assert namespace("AWS/Unheard") is None
    assert list(namespaces()) == sorted(namespaces())


@pytest.mark.parametrize(
    ("engine", "version", "last"),
    [
        ("postgres", "16.3", date(2029, 2, 28)),
        ("mysql", "8.0", date(2026, 7, 31)),
        ("aurora-mysql", "8.0.mysql_aurora.3.05.2", date(2028, 4, 30)),
        ("postgres", "8", None),
        ("postgres", "", None),
        ("sqlserver-ee", "15.00", None),
    ],
)
def test_last_day_of_support(engine: str, version: str, last: date | None) -> None:
    """By the major version, of which PostgreSQL's has one part and others' two."""
    assert supported_until(engine, version) == last


@pytest.mark.parametrize("engine", engines())
def test_newest_version_is_supported_longest(engine: str) -> None:
    """And is in the table."""
    assert supported_until(engine, newest_version(engine))


def test_runtimes_and_their_successors() -> None:
    """One that has a successor, one that has none, and what is no runtime."""
    assert successor("python3.8").startswith("python3.")
    assert successor("provided.al2023") == "provided.al2023"
    assert is_known("nodejs18.x")
    assert not is_known("nodejs99.x")
    assert not is_known(["nodejs18.x"])


def test_principals_are_services() -> None:
    """As they stand in a permission."""
    assert all(re.fullmatch(r"[a-z0-9]+\.amazonaws\.com", name) for name in asynchronous_principals())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS::AccountId", "123456789012"),
        ("AWS::Partition", "aws-us-gov"),
        ("AWS::Region", "us-gov-west-1"),
        ("AWS::Region", "ap-southeast-2"),
        ("AWS::StackName", "Orders-2"),
        ("AWS::URLSuffix", "amazonaws.com.cn"),
        ("AWS::NoValue", ""),
    ],
)
def test_values_of_pseudo_parameters(name: str, value: str) -> None:
    """They match as a whole and letter by letter, and are no longer than the longest."""
    known = pseudo_parameters()[name]

    assert re.fullmatch(known.pattern, value)
    assert all(re.fullmatch(known.character, letter) for letter in value)
    assert len(value) <= known.longest
