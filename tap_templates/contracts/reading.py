"""A contract as it is read from its file, and outputs beside it.

What a contract may say is little, and all of it is judged here: a word of JSON Schema that is not known is refused, not
passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tap_templates.errors import TapTemplatesError, UsageError, did_you_mean

WORDS = ("$schema", "$id", "$comment", "title", "description", "type", "properties", "required", "additionalProperties")
OUTPUT_WORDS = ("$comment", "title", "description", "type", "pattern", "examples")
REMEDY = "name the NAME.outputs.json that `tap-templates generate` writes beside NAME.json"
MISSING = "no such output"


class Mismatch(NamedTuple):
    """One output that is not as promised; ``found`` is None when it is missing, ``expected`` when it is unknown."""

    key: str
    found: str | None
    expected: str | None

    def __str__(self) -> str:
        if self.expected is None:
            return f"{self.key}: found {self.found!r}, but the contract has no such output"
        found = "nothing" if self.found is None else repr(self.found)
        return f"{self.key}: found {found}; expected {self.expected}"


class Contract(NamedTuple):
    """The outputs that a template promises; ``where`` is its file."""

    where: str
    patterns: Mapping[str, str]
    required: Collection[str]
    closed: bool

    def mismatches(self, outputs: Mapping[str, str]) -> list[Mismatch]:
        """Every output that is missing, unknown, or of another form, sorted by key."""
        found = [Mismatch(key, None, self.patterns.get(key, ".*")) for key in self.required if key not in outputs]
        for key, value in outputs.items():
            if key not in self.patterns:
                found += [Mismatch(key, value, None)] if self.closed else []
            elif not _compiled(self.patterns[key]).search(value):
                found.append(Mismatch(key, value, self.patterns[key]))
        return sorted(found)


class ContractError(TapTemplatesError):
    """Outputs that break their contract; ``mismatches`` holds every one."""

    exit_code = 1

    def __init__(self, where: str, contract: Contract, mismatches: list[Mismatch], outputs: Collection[str]) -> None:
        remedy = "deploy the template again, or generate the contract of the one that is deployed"
        super().__init__(where, found=f"{len(mismatches)} outputs that break {contract.where}", remedy=remedy)
        self.mismatches = tuple(mismatches)
        self._is_other = not set(outputs) & set(contract.patterns)
        self._said = f"{where}: its outputs break {contract.where}"

    def __str__(self) -> str:
        if self._is_other:
            return f"{self._said}: they have no output in common; name the contract of the template that is deployed"
        return "\n".join([f"{self._said}; {self.remedy}", *(f"  {mismatch}" for mismatch in self.mismatches)])


def check_outputs(where: str, outputs: Mapping[str, str], contract: Contract) -> None:
    """Nothing when the outputs are as promised.

    Raises:
        ContractError: They are not; says each mismatch.
    """
    mismatches = contract.mismatches(outputs)
    if mismatches:
        raise ContractError(where, contract, mismatches, outputs)


def read_contract(path: Path | str, *, shown: str | None = None) -> Contract:
    """The contract in a file; ``shown`` is the path as the user knows it.

    Raises:
        UsageError: It cannot be read, is not JSON, or not a contract.
    """
    name = shown or str(path)
    try:
        said = json.loads(Path(path).read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(name, found=(error.strerror or str(error)).lower(), remedy=REMEDY) from error
    except ValueError as error:
        raise UsageError(name, found=f"text that is not JSON ({error})", remedy=REMEDY) from error
    properties = said.get("properties") if isinstance(said, dict) else None
    if not isinstance(properties, dict) or not properties:
        what = "a template" if isinstance(said, dict) and "Resources" in said else "JSON"
        raise UsageError(name, found=f"{what}, not a contract of outputs", remedy=REMEDY)
    _check_words(name, "", said, WORDS)
    required = said.get("required", [])
    if said.get("type", "object") != "object" or not _are_texts(required):
        raise UsageError(name, found="a schema that is not one of flat outputs", remedy=REMEDY)
    patterns = {key: _pattern(name, key, output) for key, output in properties.items()}
    return Contract(name, patterns, required, _is_closed(name, said.get("additionalProperties", True)))


def _check_words(name: str, at: str, said: Mapping[str, Any], known: Collection[str]) -> None:
    for word in said:
        if word not in known:
            remedy = f"use {', '.join(known)}{did_you_mean(word, known)}"
            raise UsageError(f"{name}: {at}{word}", found="a word that contracts do not have", remedy=remedy)


def _pattern(name: str, key: str, output: Any) -> str:
    at = f"{name}: properties.{key}"
    if not isinstance(output, dict) or output.get("type", "string") != "string":
        raise UsageError(at, found="something other than a string", remedy='describe it as {"type": "string"}')
    _check_words(name, f"properties.{key}.", output, OUTPUT_WORDS)
    pattern = output.get("pattern", "")
    try:
        _compiled(pattern)
    except (TypeError, AttributeError, re.error) as error:
        raise UsageError(f"{at}.pattern", found=pattern, remedy=f"use a regular expression ({error})") from error
    return str(pattern)


def _is_closed(name: str, additional: Any) -> bool:
    if not isinstance(additional, bool):
        raise UsageError(f"{name}: additionalProperties", found=additional, remedy="use true or false")
    return not additional


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern with ``$`` at its end as JSON Schema means it: the end of the text, not of its last line."""
    ends = re.search(r"(?<!\\)(?:\\\\)*\$\Z", pattern)
    return re.compile(f"{pattern[:-1]}\\Z" if ends else pattern)
