"""Every text that a template writes out, with what is wrong to write out: what makes it fit for one place only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from tap_templates.checks.rule import FAILS, HOLDS, Rule, Verdict
from tap_templates.checks.values import as_text
from tap_templates.checks.view import Path, View, is_intrinsic

FIELD = r"(?:\$\{[^}]*\}|[^:\s\"'${}])*"  # Of an ARN: text, and references as ``${...}``.
ARN = re.compile(rf"(?<![A-Za-z0-9])arn:({FIELD}):({FIELD}):({FIELD}):({FIELD}):")
REFERENCE = re.compile(r"\$\{[^}]*\}")
JOINED = ("Fn::Join", "Fn::Sub")
NAMED = ("Ref", "Fn::GetAtt", "Condition")  # Each is given the name.
UNKNOWN = {"Ref": "unknown"}
FREE_TEXT = ("Description", "Comment")  # Ends of the names of properties that people read.
SETTINGS_OF_PARAMETERS = ("Default", "AllowedValues")


class Text(NamedTuple):
    """One text; where it is put together, its references stand in it as ``${...}``."""

    path: Path
    value: Any  # As it stands in the template.
    text: str

    @property
    def key(self) -> str:
        """The name nearest to it: of its property, or of the one that lists it."""
        names = (part for part in reversed(self.path) if isinstance(part, str) and not part.startswith("Fn::"))
        return next(names, "")


class LiteralRule(Rule):
    """A rule about something that must be referred to, wherever a text has it."""

    def literals(self, text: Text) -> Iterator[str]:
        """What is written out in a text although it must not be."""
        raise NotImplementedError

    def refers(self, text: Text) -> bool:
        """Whether a text has a reference where others write it out."""
        raise NotImplementedError

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each text that has it, in one way or the other."""
        for text in self.texts(view):
            found = tuple(dict.fromkeys(self.literals(text)))
            for literal in found:
                yield Verdict(FAILS, text.path, literal, self.remedy())
            if not found and self.refers(text):
                yield Verdict(HOLDS, text.path, text.value)

    def texts(self, view: View) -> tuple[Text, ...]:
        """The texts that are judged."""
        return deployed_texts(view)

    def remedy(self) -> str:
        """What to write instead."""
        return self.fix


@lru_cache(maxsize=1)
def deployed_texts(view: View) -> tuple[Text, ...]:
    """Texts of the properties of resources and of the outputs, but for those that people read."""
    found: list[Text] = []
    for resource in view.resources:
        found += _texts(resource.properties, resource.at("Properties"))
    for name, output in view.section("Outputs").items():
        if isinstance(output, Mapping):
            found += _texts({key: output[key] for key in ("Value", "Export") if key in output}, ("Outputs", str(name)))
    return tuple(found)


def stored_texts(view: View) -> tuple[Text, ...]:
    """Texts of the mappings, and of what parameters are by default and may be."""
    found = list(_texts(view.section("Mappings"), ("Mappings",)))
    for name, parameter in view.section("Parameters").items():
        if isinstance(parameter, Mapping):
            kept = {key: parameter[key] for key in SETTINGS_OF_PARAMETERS if key in parameter}
            found += _texts(kept, ("Parameters", str(name)))
    return tuple(found)


def _texts(value: Any, path: Path) -> Iterator[Text]:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        yield Text(path, value, str(value))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index))
    elif isinstance(value, Mapping):
        [function, *_] = [*value, ""]
        if is_intrinsic(value) and function in JOINED:
            yield Text(path, value, as_text(_simple(value)))
            yield from _inside(value[function], (*path, function))
        elif not _is_name(value):
            for key, item in value.items():
                if not str(key).endswith(FREE_TEXT):
                    yield from _texts(item, (*path, key))


def _inside(argument: Any, path: Path) -> Iterator[Text]:
    """Texts of the functions in what is put together; its plain parts are in the whole already."""
    parts = argument.items() if isinstance(argument, Mapping) else enumerate(argument if _is_list(argument) else ())
    for key, part in parts:
        if isinstance(part, Mapping) and is_intrinsic(part):
            yield from _texts(part, (*path, key))
        elif isinstance(part, (list, Mapping)):
            yield from _inside(part, (*path, key))


def _simple(value: Any) -> Any:
    """What is put together, with only names and texts in it: other functions are unknown here."""
    [(function, argument)] = value.items()
    if _is_list(argument) and len(argument) == 2:
        first, second = argument
        if function == "Fn::Join" and _is_list(second):
            return {function: [str(first), [_part(part) for part in second]]}
        if function == "Fn::Sub" and isinstance(second, Mapping):
            return {function: [first, {key: _part(part) for key, part in second.items()}]}
    return value if isinstance(argument, str) else UNKNOWN


def _part(value: Any) -> Any:
    if isinstance(value, Mapping):
        if is_intrinsic(value) and next(iter(value)) in JOINED:
            return _simple(value)
        return value if _is_name(value) else UNKNOWN
    return str(value) if isinstance(value, (str, int)) else UNKNOWN


def _is_name(value: Mapping[str, Any]) -> bool:
    """Whether it names something of the template; the Condition of a statement does not."""
    return is_intrinsic(value) and any(
        function in NAMED and isinstance(argument, (str, list)) for function, argument in value.items()
    )


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
