"""What ``Ref`` and ``Fn::GetAtt`` of a resource give, as texts with open places."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from tap_templates.contracts.texts import Places, combined
from tap_templates.data.attribute_forms import attribute_form, id_form, kind_form, word_patterns
from tap_templates.data.names import NameRule, name_rule
from tap_templates.data.parameter_types import parameter_type
from tap_templates.data.resource_types import resource_type

WORD = re.compile(r"\{([a-z_]+)\}")
LOOKAROUND = re.compile(r"\(\?<?[!=](?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)")
VISIBLE = "{visible}"
OF_THE_STACK = {"account": "AWS::AccountId", "partition": "AWS::Partition", "region": "AWS::Region"}
Read = Callable[[Any], list[str]]
"""What the values of the template's own properties become."""


class Identifiers:
    """Ids and attributes of one template's resources."""

    def __init__(self, resources: Mapping[str, Any], places: Places, read: Read) -> None:
        self._resources, self._places, self._read = resources, places, read

    def of(self, title: str, attribute: str | None) -> list[str]:
        """Every text that a reference may become."""
        kind = str(self._resources[title].get("Type"))
        if attribute is None:
            return self._id(title, kind)
        known = resource_type(kind)
        is_arn = known is not None and known.arn_attribute == attribute
        form = attribute_form(kind, attribute) or kind_form("Arn" if is_arn else attribute)
        return self._formed(form, title, kind) if form else [self._places.unknown]

    def _id(self, title: str, kind: str) -> list[str]:
        form = id_form(kind)
        if form:
            return self._formed(form, title, kind)
        own = parameter_type(f"{kind}::Id")
        if own:
            return [self._places.text(own.pattern)]
        known = resource_type(kind)
        if known is None or known.ref is None:
            return [self._places.unknown]
        if known.ref == "Name":
            return self._name(title, kind)
        return self._formed(kind_form(known.ref) or VISIBLE, title, kind)

    def _name(self, title: str, kind: str) -> list[str]:
        """As the template gives it, or as AWS makes it."""
        rule = name_rule(kind)
        given: Any = self._resources[title].get("Properties", {})
        for part in rule.property.split(".") if rule else ("",):
            given = given.get(part) if isinstance(given, Mapping) else None
        if given is None or rule is None:
            return [self._places.text(_made_name(rule) if rule else word_patterns()["visible"])]
        texts = self._read(given)
        return [text.lower() for text in texts] if rule.case == "lower" else texts

    def _formed(self, form: str, title: str, kind: str) -> list[str]:
        literals, words = WORD.split(form)[::2], WORD.findall(form)
        ways = combined([self._word(word, title, kind) for word in words])
        if ways is None:
            return [self._places.unknown]
        return [literals[0] + "".join(map("".join, zip(way, literals[1:], strict=True))) for way in ways]

    def _word(self, word: str, title: str, kind: str) -> list[str]:
        if word == "id":
            return self._id(title, kind)
        if word == "name":
            return self._name(title, kind)
        if word == "path":
            return self._read(self._resources[title].get("Properties", {}).get("Path", "/"))
        if word in OF_THE_STACK:
            return [self._places.pseudo(OF_THE_STACK[word]) or ""]
        return [self._places.text(word_patterns()[word])]


def _made_name(rule: NameRule) -> str:
    """What a whole name is like; what it must not be beside that cannot stand inside a longer expression."""
    return LOOKAROUND.sub("", rule.characters)
