"""Attributes of resources whose value is a secret. Source: ``secret_attributes.json``, ``secret_properties.json``."""

from __future__ import annotations

from fnmatch import fnmatchcase

from tap_templates.data import load
from tap_templates.data.secret_properties import secret_properties


def is_secret_attribute(resource_type: str, attribute: str) -> bool:
    """Whether ``Fn::GetAtt`` of this attribute gives a secret in clear; a property that is one counts, too."""
    attributes: list[str] = load("secret_attributes.json")["types"].get(resource_type, [])
    secret = [*attributes, *secret_properties().get(resource_type, ())]
    return any(fnmatchcase(attribute, pattern) for pattern in secret)
