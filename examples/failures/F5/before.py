"""Looks at one side of the template's condition only: half of what can be deployed was never looked at."""

from pathlib import Path

from tap_templates.testing import resolve

TEMPLATE = str(Path(__file__).with_name("template.yaml"))


def test_logs_are_kept_for_a_year() -> None:
    """Outside production, a year is enough."""
    log = resolve(TEMPLATE, {"Environment": "dev"})["Resources"]["OrdersLog"]
    assert log["Properties"]["RetentionInDays"] == 365
