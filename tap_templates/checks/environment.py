"""Environment variables and start-up scripts: where a template hands values to programs in plain text."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tap_templates.checks.values import as_text
from tap_templates.checks.view import Found, Resource, View, is_intrinsic

# Template reference of each type: mappings of name to value, and lists of names and values.
MAPPINGS = {"AWS::Lambda::Function": "Environment.Variables"}
LISTS = {
    "AWS::AppRunner::Service": (
        "SourceConfiguration.ImageRepository.ImageConfiguration.RuntimeEnvironmentVariables.*",
        "SourceConfiguration.CodeRepository.CodeConfiguration.CodeConfigurationValues.RuntimeEnvironmentVariables.*",
    ),
    "AWS::Batch::JobDefinition": ("ContainerProperties.Environment.*",),
    "AWS::CodeBuild::Project": ("Environment.EnvironmentVariables.*",),
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions.*.Environment.*",),
}
SCRIPTS = {
    "AWS::AutoScaling::LaunchConfiguration": "UserData",
    "AWS::EC2::Instance": "UserData",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateData.UserData",
}
STORES = ("PARAMETER_STORE", "SECRETS_MANAGER")  # Types of CodeBuild's variables whose value names a secret.


class Variable(NamedTuple):
    """One variable of a program, and the value that it can have."""

    name: str
    found: Found


def variables(view: View) -> Iterator[Variable]:
    """Every environment variable of every program, on each side of each condition."""
    for type_name, path in MAPPINGS.items():
        for resource in view.of(type_name):
            for mapping in resource.get(path):
                if isinstance(mapping.value, Mapping) and not mapping.is_unknown:
                    yield from _of_mapping(view, mapping)
    for type_name, paths in LISTS.items():
        for resource in view.of(type_name):
            for item in (item for path in paths for item in resource.get(path)):
                if isinstance(item.value, Mapping) and item.value.get("Type") not in STORES and not item.is_unknown:
                    yield from _of_item(view, item)


def scripts(view: View) -> Iterator[tuple[Found, str]]:
    """Every start-up script, with its text: references in it stand as ``${...}``."""
    for type_name, path in SCRIPTS.items():
        for resource in view.of(type_name):
            yield from _script(view, resource, path)


def _of_mapping(view: View, mapping: Found) -> Iterator[Variable]:
    for name, value in mapping.value.items():
        for found in view.alternatives(value, (*mapping.path, name), mapping.when):
            if not found.is_missing:
                yield Variable(str(name), found)


def _of_item(view: View, item: Found) -> Iterator[Variable]:
    for name in view.walk(item.value, ("Name",), item.path, item.when):
        for found in view.walk(item.value, ("Value",), item.path, name.when):
            if not found.is_missing:
                yield Variable(as_text(name.value), found)


def _script(view: View, resource: Resource, path: str) -> Iterator[tuple[Found, str]]:
    for found in resource.get(path):
        if found.is_missing:
            continue
        encoded = found.value.get("Fn::Base64") if is_intrinsic(found.value) else None
        if encoded is None:
            yield found, _decoded(found.value)
        else:
            for inner in view.alternatives(encoded, (*found.path, "Fn::Base64"), found.when):
                yield inner, as_text(inner.value)


def _decoded(value: Any) -> str:
    """The script in Base64 that a value is, or the value as a text."""
    text = as_text(value)
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return text
