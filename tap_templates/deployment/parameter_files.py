"""A file of parameters, in each of the forms that CloudFormation's tools know: all as text, as it is written.

A plain mapping; the AWS CLI's ``[{"ParameterKey": …, "ParameterValue": …}]``; CodePipeline's template configuration,
``{"Parameters": {…}, "Tags": {…}}``. In JSON or YAML.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from tap_templates.errors import UsageError

LARGEST_FILE_BYTES = 1_000_000
CONFIGURATION = {"Parameters", "Tags", "StackPolicy"}
FORMS = (
    'write {"Name": "value"}, [{"ParameterKey": "Name", "ParameterValue": "value"}] '
    'or {"Parameters": {"Name": "value"}}, in JSON or YAML'
)


class ParameterFile(NamedTuple):
    """What a file says: values, names that keep the stack's value, tags of the stack, and whether it has a policy."""

    values: dict[str, str]
    kept: tuple[str, ...] = ()
    tags: Mapping[str, str] = {}
    has_policy: bool = False


def read_parameters(path: str) -> ParameterFile:
    """The file's values; a list is joined with commas, as a CommaDelimitedList takes it.

    Raises:
        UsageError: Not readable, not of one of the forms, or one name twice: file, what was found, what to write.
    """
    tree = _tree(path)
    if isinstance(tree, list):
        return _of_cli(path, tree)
    if not isinstance(tree, dict):
        raise UsageError(path, found=f"a {_kind(tree)}", remedy=FORMS)
    if isinstance(tree.get("Parameters"), dict) and set(tree) <= CONFIGURATION:
        tags = tree.get("Tags", {})
        if not isinstance(tags, dict):
            raise UsageError(f"{path}: Tags", found=f"a {_kind(tags)}", remedy='write {"Key": "value"}')
        values = _texts(f"{path}: Parameters", tree["Parameters"])
        return ParameterFile(values, (), _texts(f"{path}: Tags", tags), "StackPolicy" in tree)
    return ParameterFile(_texts(path, tree))


def _of_cli(path: str, entries: list[Any]) -> ParameterFile:
    values: dict[str, str] = {}
    kept = []
    for number, entry in enumerate(entries):
        where = f"{path}: {number}"
        if not isinstance(entry, dict) or not isinstance(entry.get("ParameterKey"), str):
            raise UsageError(where, found=f"a {_kind(entry)} without ParameterKey", remedy=FORMS)
        name = entry["ParameterKey"]
        if name in values or name in kept:
            raise UsageError(where, found=f"{name} a second time", remedy="give each parameter once")
        if str(entry.get("UsePreviousValue", "")).lower() == "true":
            kept.append(name)
        elif "ParameterValue" in entry:
            values[name] = _text(f"{where}: {name}", entry["ParameterValue"])
        else:
            raise UsageError(where, found=f"{name} without ParameterValue", remedy=FORMS)
    return ParameterFile(values, tuple(kept))


def _texts(where: str, mapping: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(f"{where}: {name}", value) for name, value in mapping.items()}


def _text(where: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ",".join(value)
    if not isinstance(value, str):
        raise UsageError(where, found=f"a {_kind(value)}", remedy="write one value, or a list of values")
    return value


def _tree(path: str) -> Any:
    """The file as data in which every number is the text that stands there."""
    try:
        if os.path.getsize(path) > LARGEST_FILE_BYTES:
            raise UsageError(path, found=f"over {LARGEST_FILE_BYTES:,} bytes", remedy="name a file of parameters")
        with open(path, encoding="utf-8-sig") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        found = (error.strerror or "").lower() if isinstance(error, OSError) else "bytes that are not UTF-8"
        raise UsageError(path, found=found, remedy="name a readable file of parameters") from error
    if not text.strip():
        raise UsageError(path, found="an empty file", remedy=FORMS)
    return _json(path, text) if text.lstrip()[0] in "{[" else _yaml(path, text)


def _json(path: str, text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice = [name for name in names if names.count(name) > 1]
        if twice:
            raise UsageError(path, found=f"{twice[0]} a second time", remedy="give each parameter once")
        return dict(pairs)

    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path}:{error.lineno}", found=error.msg, remedy=FORMS) from error
    except RecursionError as error:
        raise UsageError(path, found="data nested too deep", remedy=FORMS) from error


def _yaml(path: str, text: str) -> Any:
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return None if node is None else _of_node(path, node, set())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else path
        found = getattr(error, "problem", None) or " ".join(str(error).split())
        raise UsageError(where, found=found, remedy=FORMS) from error
    except RecursionError as error:
        raise UsageError(path, found="data nested too deep", remedy=FORMS) from error


def _of_node(path: str, node: Any, seen: set[int]) -> Any:
    """Plain data of a YAML node. Scalars are as written, but for truth values and null."""
    import yaml

    where = f"{path}:{node.start_mark.line + 1}"
    if isinstance(node, yaml.CollectionNode):
        if id(node) in seen:  # Aliases of aliases multiply: a short file can stand for billions of values.
            raise UsageError(where, found="a mapping or list that an alias repeats", remedy="write the values out")
        seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_of_node(path, item, seen) for item in node.value]
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise UsageError(where, found="a name that is not plain text", remedy=FORMS)
            if key.value in mapping:
                place = f"{path}:{key.start_mark.line + 1}"
                raise UsageError(place, found=f"{key.value} a second time", remedy="give each parameter once")
            mapping[key.value] = _of_node(path, value, seen)
        return mapping
    if node.tag.endswith(":null"):
        return None
    if node.tag.endswith(":bool") and node.value.lower() in ("true", "false"):
        return node.value.lower() == "true"
    return node.value


def _kind(value: Any) -> str:
    names = {dict: "mapping", list: "list", bool: "truth value", str: "text", type(None): "null"}
    return names.get(type(value), type(value).__name__)
