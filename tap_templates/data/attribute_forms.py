"""What ``Ref`` and ``Fn::GetAtt`` give: the forms of physical ids, and of attributes that follow from them."""

from __future__ import annotations

import re

from tap_templates.data import load


def attribute_of(resource_type: str, attribute: str, **words: str) -> str | None:
    """An attribute of a resource; None when it does not follow from what is known.

    Args:
        words: ``id`` (the physical id), ``path`` (of an IAM resource), ``partition``, ``region`` and ``account``.
    """
    form = attribute_form(resource_type, attribute)
    return form and form.format(name=re.split("[/:]", words["id"])[-1], **words)


def attribute_form(resource_type: str, attribute: str) -> str | None:
    """``arn:{partition}:s3:::{id}``; None when the attribute does not follow from the physical id."""
    forms: dict[str, dict[str, str]] = load("attribute_forms.json")["forms"]
    return forms.get(resource_type, {}).get(attribute)


def id_form(resource_type: str) -> str | None:
    """``arn:{partition}:sns:{region}:{account}:{name}``, where the physical id is more than a name."""
    form: str | None = load("attribute_forms.json")["ids"].get(resource_type)
    return form


def kind_form(ending: str) -> str | None:
    """The form of whatever is named so at its end: ``{arn}`` for ``LoadBalancerArn``."""
    kinds: dict[str, str] = load("attribute_forms.json")["kinds"]
    matching = [name for name in kinds if name != "note" and ending.endswith(name)]
    return kinds[max(matching, key=len)] if matching else None


def word_patterns() -> dict[str, str]:
    """Regular expressions of the words in forms, other than those that the stack itself gives."""
    return {word: pattern for word, pattern in load("attribute_forms.json")["patterns"].items() if word != "note"}
