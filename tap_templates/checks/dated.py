"""Rules whose answer depends on the day: today's, or one that is given, to see what will no longer hold by then."""

from __future__ import annotations

from datetime import date
from typing import Any

from tap_templates.checks.rule import Rule
from tap_templates.errors import UsageError


class DatedRule(Rule):
    """Judges as of a day: ``configure_rules: {E9801: {on: "2027-07-01"}}``; today where none is given."""

    def __init__(self) -> None:
        super().__init__()
        self.config_definition["on"] = {"default": "", "type": "string"}
        self.configure()

    def configure(self, configs: Any = None, experimental: bool = False) -> None:
        """Takes the demands and the day.

        Raises:
            UsageError: What is given is no day.
        """
        super().configure(configs, experimental)
        given = self.config.get("on") or ""
        try:
            self.on = date.fromisoformat(given) if given else date.today()
        except ValueError as error:
            remedy = 'use a day like "2027-07-01"'
            raise UsageError(f"configure_rules.{self.id}.on", found=given, remedy=remedy) from error
