"""Shared by all tests: property tests give the same examples in every run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, settings

from tap_templates import Settings

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("ci")


@pytest.fixture
def fixed() -> Settings:
    """Settings with a value for everything that names and tags are made of."""
    return Settings(project="pay", environment="dev", owner="team", cost_center="CC-1", data_classification="internal")


@pytest.fixture
def write_settings(tmp_path: Path) -> Callable[[str], str]:
    """Writes a settings file, given as an indented text, and returns its path."""

    def write(text: str) -> str:
        path = tmp_path / "tap.yaml"
        path.write_text(dedent(text), encoding="utf-8")
        return str(path)

    return write
