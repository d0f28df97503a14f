"""Whole stacks, each a function from settings to a stack, by the name that the command line knows."""

from __future__ import annotations

import importlib
from typing import NamedTuple

from tap_templates.errors import UsageError, did_you_mean
from tap_templates.settings import Settings
from tap_templates.stack import Stack


class Blueprint(NamedTuple):
    """One whole stack: the module that builds it, and what it is in one line."""

    module: str
    summary: str


BLUEPRINTS = {
    "secure-enterprise": Blueprint(
        "secure_enterprise",
        "encrypted buckets, groups behind MFA, key rotation, audit trail, and the alarms of CIS section 4",
    ),
    "event-pipeline": Blueprint(
        "event_pipeline",
        "a bucket or a queue, a function that writes each event to a table, dead letters, alarms and a dashboard",
    ),
    "data-store": Blueprint(
        "data_store",
        "tables, buckets, keys and secrets, policies to read and write them, alarms and a dashboard",
    ),
}


def build(name: str, settings: Settings | None = None) -> Stack:
    """The stack of a blueprint; settings that are left out are asked for at upload.

    Raises:
        UsageError: There is no such blueprint.
    """
    if name not in BLUEPRINTS:
        remedy = f"use one of {', '.join(BLUEPRINTS)}{did_you_mean(name, BLUEPRINTS)}"
        raise UsageError("blueprint", found=name, remedy=remedy)
    module = importlib.import_module(f"{__name__}.{BLUEPRINTS[name].module}")
    stack: Stack = module.build(settings or Settings())
    return stack
