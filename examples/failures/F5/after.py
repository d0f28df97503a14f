"""Looks at both sides of the template's condition, and at each value that its parameter allows."""

from pathlib import Path

import pytest

from tap_templates.testing import resolve

TEMPLATE = str(Path(__file__).with_name("template.yaml"))


@pytest.mark.parametrize(("environment", "days"), [("dev", 365), ("prod", 731)])
def test_logs_are_kept(environment: str, days: int) -> None:
    """A year, and two in production."""
    log = resolve(TEMPLATE, {"Environment": environment})["Resources"]["OrdersLog"]
    assert log["Properties"]["RetentionInDays"] == days
