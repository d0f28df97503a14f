"""Reading ``tap.yaml``: every value keeps its line, and an environment is laid over the common part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from tap_templates.errors import SettingsError, UsageError, did_you_mean
from tap_templates.settings import Settings
from tap_templates.settings.faults import validate
from tap_templates.settings.models import FILE_VERSION, FileModel
from tap_templates.settings.named import Locate
from tap_templates.settings.validation import accept_data
from tap_templates.settings.words import dotted, short

LARGEST_FILE_BYTES = 1_000_000
DEEPEST_LEVEL = 20
MOST_VALUES = 20_000  # Aliases of aliases multiply: a short file can stand for billions of values.
PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
MERGE_TAG = "tag:yaml.org,2002:merge"
# What PyYAML raises, besides its own errors, for a scalar that is not what its tag says.
SCALAR_ERRORS = (yaml.YAMLError, ValueError, ArithmeticError, AttributeError, LookupError)
Path = tuple[str | int, ...]
Lines = dict[Path, int]


def load(path: str, environment: str | None = None) -> Settings:
    """Settings of one environment in a file; the file's ``environments`` are laid over its common part.

    Raises:
        SettingsError: Faults of the file in any environment, each with file, line, path, value and remedy.
        UsageError: The file cannot be read, or has no such environment.
    """
    tree, lines, problems = _read_whole(path)
    overlays = _overlays(tree)
    base = {key: value for key, value in tree.items() if key not in ("version", "environments")}
    forms: dict[str | None, Any] = {**overlays}
    if environment is None or not overlays or environment == base.get("environment"):
        forms.setdefault(environment if environment == base.get("environment") else None, {})
    for name, overlay in forms.items():
        data = base if name is None else _laid_over(base, {"environment": name, **overlay})
        try:
            forms[name] = accept_data(data, _in_file(path, lines, name if name in overlays else None), path)
        except SettingsError as error:
            _add(problems, error.problems)
    _refuse(path, problems)
    if environment not in forms:
        known = list(overlays) or [str(base.get("environment") or "none")]
        remedy = f"use one of {', '.join(known)}, or add it below environments:{did_you_mean(environment, known)}"
        raise UsageError(f"{path}: environments", found=environment, remedy=remedy)
    settings = Settings()
    settings._fill(forms[environment])
    return settings


def environments(path: str) -> list[str]:
    """Names of the environments that a file describes, in its order; empty when it describes one stack only."""
    tree, _, problems = _read_whole(path)
    _refuse(path, problems)
    return list(_overlays(tree))


def _read_whole(path: str) -> tuple[dict[str, Any], Lines, list[str]]:
    """A file as plain data, the line of each path in it, and what is wrong with its shape."""
    tree, lines, problems = _read(path)
    locate = _in_file(path, lines)
    try:
        validate(FileModel, tree, locate, path)
    except SettingsError as error:
        _add(problems, error.problems)
    for name, overlay in _overlays(tree).items():
        other = overlay.get("environment")
        if other not in (None, name):
            place = locate(["environments", name, "environment"])
            problems.append(f"{place}: found {short(other)}; leave it out: here the environment is {name}")
    return tree, lines, problems


def _refuse(path: str, problems: list[str]) -> None:
    """Raises all problems, in the order of the file's lines."""
    if problems:
        problems.sort(key=lambda problem: int(problem[len(path) + 1 :].partition(":")[0]))
        raise SettingsError(path, problems=problems, remedy="mend the lines above")


def _add(problems: list[str], more: Sequence[str]) -> None:
    """Adds problems of places that none is known of yet, so that a common part is reported once."""
    places = {problem.partition(": found ")[0] for problem in problems}
    problems.extend(problem for problem in more if problem.partition(": found ")[0] not in places)


def _overlays(tree: Mapping[str, Any]) -> dict[Any, dict[str, Any]]:
    """The environments that have a usable form; others are in the problems already."""
    described = tree.get("environments")
    if not isinstance(described, dict):
        return {}
    return {name: overlay or {} for name, overlay in described.items() if overlay is None or isinstance(overlay, dict)}


def _read(path: str) -> tuple[dict[str, Any], Lines, list[str]]:
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise UsageError(path, found=error.strerror, remedy="name a readable settings file (tap.yaml)") from error
    if len(content) > LARGEST_FILE_BYTES:
        raise UsageError(path, found=f"over {LARGEST_FILE_BYTES} bytes", remedy="name a settings file (tap.yaml)")
    try:
        node = yaml.compose(content.decode("utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise UsageError(path, found=f"byte {error.start} is not UTF-8", remedy="save the file as UTF-8") from error
    except RecursionError as error:
        raise _too_deep(path) from error
    except yaml.reader.ReaderError as error:
        character = f"character U+{error.character:04X}"
        raise UsageError(path, found=character, remedy="write valid YAML, which is plain text") from error
    except yaml.MarkedYAMLError as error:
        where = f"{path}:{error.problem_mark.line + 1}" if error.problem_mark else path
        raise UsageError(where, found=error.problem, remedy="write valid YAML") from error
    if not isinstance(node, yaml.MappingNode):
        raise UsageError(path, found="no mapping", remedy=f"begin with version: {FILE_VERSION}, then keys and values")
    lines: Lines = {}
    problems: list[str] = []
    return _construct(node, (), lines, problems, path), lines, problems


def _construct(node: Any, at: Path, lines: Lines, problems: list[str], path: str) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(at, line)
    if len(at) > DEEPEST_LEVEL:
        raise _too_deep(f"{path}:{line}")
    if len(lines) > MOST_VALUES:
        raise UsageError(path, found=f"more than {MOST_VALUES} values", remedy="write fewer, and no aliases of aliases")
    if isinstance(node, yaml.ScalarNode):
        try:
            return yaml.constructor.SafeConstructor().construct_object(node)
        except SCALAR_ERRORS:
            wanted = "use plain text (in quotes) or a number"
            problems.append(f"{path}:{line}: {dotted(at)}: found {short(node.value)}; {wanted}")
            return None
    if node.tag not in PLAIN_TAGS:
        problems.append(f"{path}:{line}: {dotted(at) or 'the file'}: found {short(node.tag)}; leave the tag out")
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, (*at, index), lines, problems, path) for index, item in enumerate(node.value)]
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = _key(key_node, at, problems, path)
        if key is None:
            continue
        place: Path = (*at, key)
        if key in result:
            problems.append(f"{path}:{key_node.start_mark.line + 1}: {dotted(place)}: found the key twice; keep one")
        lines[place] = key_node.start_mark.line + 1
        result[key] = _construct(value_node, place, lines, problems, path)
    return result


def _key(node: Any, at: Path, problems: list[str], path: str) -> str | None:
    """A key as it is written, so that ``on`` and ``1`` are text."""
    place = f"{path}:{node.start_mark.line + 1}: {dotted(at) or 'the file'}"
    if not isinstance(node, yaml.ScalarNode):
        problems.append(f"{place}: found a key that is a list or a mapping; use a word")
    elif node.tag == MERGE_TAG:
        problems.append(f"{place}: found the merge key <<; write the keys out, or lay them over below environments:")
    else:
        return str(node.value)
    return None


def _too_deep(where: str) -> UsageError:
    return UsageError(where, found=f"more than {DEEPEST_LEVEL} levels", remedy="nest less deeply")


def _in_file(path: str, lines: Lines, environment: str | None = None) -> Locate:
    """Where a path of the settings stands; those of an environment stand in its overlay or in the common part."""

    def locate(parts: Sequence[str | int]) -> str:
        known = written = _written(tuple(parts), lines, environment)
        while known and known not in lines:
            known = known[:-1]
        return f"{path}:{lines.get(known, 1)}: {dotted(written) or 'the file'}"

    return locate


def _written(parts: Path, lines: Lines, environment: str | None) -> Path:
    if environment is None:
        return parts
    overlay: Path = ("environments", environment)
    if parts == ("environment",):
        return overlay
    # Mappings are merged key by key, lists are replaced as a whole.
    depth = 2 if len(parts) > 1 and isinstance(parts[1], str) else 1
    return (*overlay, *parts) if (*overlay, *parts[:depth]) in lines else parts


def _laid_over(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in overlay.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = _laid_over(result[key], value) if both else value
    return result
