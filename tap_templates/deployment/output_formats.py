"""Outputs as text in the formats that other programs read: what such a program reads back is the value, or nothing is
written.

Sources: docker CLI, package kvfile (``env``); the parsers of python-dotenv, dotenv for Node.js and Ruby, and Docker
Compose (``dotenv``); POSIX.1-2024, Shell Command Language, 2.2 (``shell``); YAML 1.2.2; HCL Native Syntax
Specification, Template Expressions (``tfvars``).
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping

from tap_templates.errors import UsageError

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,=~^-]+")
DIFFERENTLY_READ = re.compile(r"\$\{|\\\\|\\\Z|[\r\0]")
"""In single quotes: python-dotenv fills in ``${NAME}`` and joins ``\\\\``; others leave both as they are."""

HCL_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
HCL_SPECIAL = re.compile(r'[\\"\x00-\x1f\x7f]|[$%](?=[{$%]|\Z)')


class OutputFormatError(UsageError):
    """Outputs that a format cannot hold."""


def as_json(outputs: Mapping[str, str]) -> str:
    """One flat object, sorted."""
    return json.dumps(dict(sorted(outputs.items())), indent=2, ensure_ascii=False) + "\n"


def as_env(outputs: Mapping[str, str]) -> str:
    """``KEY=VALUE`` lines without any quoting, as ``docker run --env-file`` and ``$GITHUB_ENV`` take them."""
    return _lines("env", outputs, lambda key, value: None if re.search(r"[\r\n\0]", value) else f"{key}={value}")


def as_dotenv(outputs: Mapping[str, str]) -> str:
    """A ``.env`` file that python-dotenv, Node.js, Ruby and Docker Compose read alike."""
    return _lines("dotenv", outputs, _dotenv)


def as_shell(outputs: Mapping[str, str]) -> str:
    """``export`` commands for ``source`` or ``eval``."""
    return _lines("shell", outputs, lambda key, value: None if "\0" in value else f"export {key}={shlex.quote(value)}")


def as_yaml(outputs: Mapping[str, str]) -> str:
    """One flat mapping of quoted strings, so that ``on``, ``1e3`` and account numbers stay text."""
    import yaml

    return str(yaml.safe_dump(dict(outputs), allow_unicode=True, default_style='"', width=float("inf")))


def as_tfvars(outputs: Mapping[str, str]) -> str:
    """Variable definitions of Terraform and OpenTofu."""
    return _lines("tfvars", outputs, lambda key, value: f'{key} = "{HCL_SPECIAL.sub(_hcl_escape, value)}"')


FORMATS: dict[str, Callable[[Mapping[str, str]], str]] = {
    "json": as_json,
    "env": as_env,
    "dotenv": as_dotenv,
    "shell": as_shell,
    "yaml": as_yaml,
    "tfvars": as_tfvars,
}


def _lines(form: str, outputs: Mapping[str, str], line_of: Callable[[str, str], str | None]) -> str:
    """A line for each output, sorted.

    Raises:
        OutputFormatError: Keys or values that the format cannot hold; all of them, and nothing else, are named.
    """
    lines = {key: line_of(key, value) for key, value in sorted(outputs.items())}
    unfit = [f"{key}, which is no name there" for key in lines if not NAME.fullmatch(key)]
    unfit += [f"{key}, whose value it cannot hold" for key, line in lines.items() if line is None]
    if unfit:
        raise OutputFormatError(f"--format {form}", found="; ".join(unfit), remedy="use --format json, or yaml")
    return "".join(f"{line}\n" for line in lines.values())


def _dotenv(key: str, value: str) -> str | None:
    if PLAIN.fullmatch(value):
        return f"{key}={value}"
    if "'" not in value:
        return None if DIFFERENTLY_READ.search(value) else f"{key}='{value}'"
    return None if re.search(r'["\\$`\r\n\0]', value) else f'{key}="{value}"'


def _hcl_escape(match: re.Match[str]) -> str:
    """``$`` by its number: it can then open no template, whatever stands beside it."""
    character = match.group()
    return HCL_ESCAPES.get(character) or f"\\u{ord(character):04x}"
