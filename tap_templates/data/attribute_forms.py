"""What ``Fn::GetAtt`` gives, for attributes that follow from the physical id."""

from __future__ import annotations

import re

from tap_templates.data import load


def attribute_of(resource_type: str, attribute: str, **words: str) -> str | None:
    """An attribute of a resource; None when it does not follow from what is known.

    Args:
        words: ``id`` (the physical id), ``path`` (of an IAM resource), ``partition``, ``region`` and ``account``.
    """
    forms: dict[str, dict[str, str]] = load("attribute_forms.json")["forms"]
    form = forms.get(resource_type, {}).get(attribute)
    return form and form.format(name=re.split("[/:]", words["id"])[-1], **words)
