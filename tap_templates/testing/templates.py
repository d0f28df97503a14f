"""A template as data, from whatever a test has at hand."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from tap_templates.errors import UsageError


class HasTemplate(Protocol):
    """A stack of this library, or anything else that gives its template as data."""

    def to_dict(self) -> Any:
        """The template."""


TemplateSource = Mapping[str, Any] | HasTemplate | str | os.PathLike[str]


def template_of(source: TemplateSource) -> dict[str, Any]:
    """The template as data; YAML with its short forms (``!Ref``) too.

    Args:
        source: the data itself, a ``Stack``, the path of a file, or the text of a template.

    Raises:
        UsageError: Not readable, or not a template.
    """
    if isinstance(source, Mapping):
        return _checked(dict(source), "template")
    if hasattr(source, "to_dict"):
        return _checked(source.to_dict(), "template")
    if isinstance(source, str) and (source.lstrip().startswith("{") or "\n" in source):
        return _checked(_parsed(source, "template"), "template")
    name = os.fspath(source)
    try:
        text = Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        found = error.strerror if isinstance(error, OSError) else "text that is not UTF-8"
        raise UsageError(name, found=found, remedy="name a readable template file") from error
    return _checked(_parsed(text, name), name)


def _parsed(text: str, name: str) -> Any:
    try:
        if text.lstrip().startswith("{"):
            return json.loads(text)
        # A dependency of troposphere, which knows CloudFormation's tags; plain data comes out.
        return json.loads(importlib.import_module("cfn_flip").to_json(text))
    except Exception as error:
        found = " ".join(str(error).split()) or type(error).__name__
        raise UsageError(name, found=found, remedy="pass the JSON or YAML of a template") from error


def _checked(template: Any, name: str) -> dict[str, Any]:
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise UsageError(name, found="no Resources", remedy="pass a CloudFormation template")
    return template
