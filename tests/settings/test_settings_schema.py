"""The JSON Schema of the settings file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from cfnlint.jsonschema import StandardValidator

from tap_templates.requirements import REQUIREMENTS
from tap_templates.settings import SETTINGS
from tap_templates.settings.models import json_schema

EXAMPLE = Path(__file__).parents[2] / "examples" / "payments" / "tap.yaml"


@pytest.fixture
def example() -> dict[str, Any]:
    """The example's settings as plain data."""
    loaded: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    return loaded


def faults(data: Any) -> list[str]:
    """What a validator of JSON Schema finds wrong, by dotted path."""
    return [".".join(str(part) for part in fault.path) for fault in StandardValidator(json_schema()).iter_errors(data)]


def test_example_is_valid(example: dict[str, Any]) -> None:
    """The file that users copy passes the schema."""
    assert faults(example) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"projct": "x"}, "projct"),
        ({"version": 2}, "version"),
        ({"project": "Pay"}, "project"),
        ({"access_keys": {"grace_days": 31}}, "access_keys"),
        ({"groups": [{"name": "a", "data": "reed"}]}, "groups.0.data"),
        ({"requirements": {"bucket_encryption": "AES-256"}}, "requirements.bucket_encryption"),
        ({"environments": {"dev": {"projct": "x"}}}, "environments.dev"),
        ({"log_retention_days": 2}, "log_retention_days"),
    ],
)
def test_change_for_the_worse_is_found(example: dict[str, Any], change: dict[str, Any], place: str) -> None:
    """A misspelt key or a wrong value fails the schema at its place."""
    assert faults({**example, **change}) == [place]


def test_framework_may_have_a_number_or_nothing_as_its_version(example: dict[str, Any]) -> None:
    """As people write it in YAML."""
    frameworks = {"cis-aws": 5.0, "fsbp": None, "nist-800-53": "5"}

    assert faults({**example, "requirements": {"frameworks": frameworks}}) == []
    assert faults({**example, "requirements": {"frameworks": {"fsbp": True}}}) == ["requirements.frameworks.fsbp"]


def test_version_is_required(example: dict[str, Any]) -> None:
    """A file says which version of the format it has."""
    del example["version"]

    assert faults(example) == [""]


def test_schema_describes_every_setting_and_requirement() -> None:
    """Editors show what each key means."""
    schema = json_schema()
    described = {
        **{key: row.get("description") for key, row in schema["properties"].items()},
        **{
            f"access_keys.{key}": row["description"]
            for key, row in schema["$defs"]["AccessKeysModel"]["properties"].items()
        },
    }
    demands = {key: row["description"] for key, row in schema["$defs"]["RequirementsModel"]["properties"].items()}

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "tap.yaml"
    assert {setting.key: described[setting.key] for setting in SETTINGS} == {
        setting.key: setting.description for setting in SETTINGS
    }
    assert demands == {row.key: row.description for row in REQUIREMENTS}
