"""Markdown from a jinja2 template of this folder."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

FEW = 3  # Controls of one framework that a cell names; JSON has all of them.


def render(template: str, values: Mapping[str, Any]) -> str:
    """A template of this folder, filled in; a name that it uses and ``values`` lacks is an error."""
    import jinja2  # only when text is written

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(os.path.dirname(__file__)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Markdown, made from our own words
    )
    environment.filters.update(by_framework=by_framework, cell=cell, words=words)
    return environment.get_template(template).render(values)


def by_framework(names: Sequence[str]) -> str:
    """Names of controls, a few of each framework: ``cis-aws 2.1.4; nist-800-53 AC-3, AC-4 and 12 more``."""
    ids: dict[str, list[str]] = {}
    for name in names:
        framework, _, number = name.partition(" ")
        ids.setdefault(framework, []).append(number)
    return "; ".join(
        f"{framework} {', '.join(each[:FEW])}{f' and {len(each) - FEW} more' if len(each) > FEW else ''}"
        for framework, each in ids.items()
    )


def words(value: Any) -> str:
    """A value of a requirement as people write it: ``443, 8443``, ``none``, ``true``."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {words(item)}" for key, item in value.items()) or "none"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def cell(value: Any) -> str:
    """A text in one cell of a Markdown table: on one line, its bars escaped."""
    return " ".join(str(value).split()).replace("|", "\\|")
