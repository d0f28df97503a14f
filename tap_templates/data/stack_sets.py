"""What CloudFormation StackSets accepts, and what to do about its refusals. Source: ``stack_sets.json``."""

from __future__ import annotations

import re
from typing import Any

from tap_templates.data import load


def fact(name: str) -> Any:
    """A name, limit or pattern of the table: ``fact("execution_role")``."""
    return load("stack_sets.json")[name]


def remedy_of(message: str) -> str | None:
    """What to do about a refusal or about the reason of a failed instance; None when it is none of the table's."""
    for row in load("stack_sets.json")["remedies"]:
        if re.search(row["pattern"], message):
            return str(row["remedy"])
    return None
