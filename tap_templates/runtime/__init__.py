"""Code that runs inside AWS: Lambda handlers, standard library and boto3 only, and how they get into a template."""

from __future__ import annotations

import os

from tap_templates.errors import UsageError

HANDLERS = ("access_key_rotation", "default_security_group", "event_pipeline")


def code(name: str) -> str:
    """What ``ZipFile`` takes of a handler: ``source.inline_source(name)``, prepared by ``scripts/inline_runtime.py``.

    Preparing needs the tokenizer, whose import costs more than building the template around it.

    Raises:
        UsageError: There is no such handler.
    """
    if name not in HANDLERS:
        raise UsageError("runtime code", found=name, remedy=f"use one of {', '.join(HANDLERS)}")
    with open(os.path.join(os.path.dirname(__file__), "inlined", f"{name}.txt"), encoding="utf-8") as file:
        return file.read()
