"""Findings of cfn-lint that are accepted, by rule and logical id, each with its reason. There are none."""

from __future__ import annotations

EXCEPTIONS: dict[tuple[str, str], str] = {}
