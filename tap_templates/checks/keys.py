"""KMS keys as resources name them: of the customer's own, or those that AWS manages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from tap_templates.checks.rule import Rule, Verdict, verdict
from tap_templates.checks.values import as_text, is_dynamic, is_given
from tap_templates.checks.view import Found, Resource, View, is_intrinsic

KEY_TYPES = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias")
AWS_MANAGED = "alias/aws/"  # KMS developer guide, AWS managed keys: their aliases, and no others, begin so.
# KMS developer guide, key identifiers: alias name, ARN of an alias or a key, key id.
KEY_NAME = re.compile(r"alias/.+|arn:[^:]*:kms:[^:]*:[^:]*:(alias|key)/.+|(mrk-)?[0-9a-f-]{32,36}")
CUSTOMER_KEY = "the requirement customer_managed_keys names {service}"


def names_key(view: View, value: Any) -> bool | None:
    """Whether a value names some KMS key; None where only AWS knows."""
    if is_dynamic(value):
        return None
    if isinstance(value, str):
        return KEY_NAME.fullmatch(value) is not None
    return is_given(view, value)


def is_customer_key(view: View, value: Any) -> bool | None:
    """Whether a value names a KMS key of the customer's own; None where only AWS knows.

    A key named by its id or ARN is taken for the customer's own; one that AWS manages is known by its alias.
    """
    text = as_text(value)
    if AWS_MANAGED in text:
        return False
    if not is_intrinsic(value):
        return names_key(view, value)
    referred = view.referred(value)
    if referred is not None:
        return True if referred.type in KEY_TYPES else None
    return True if text.startswith("alias/") or ":key/" in text or ":alias/" in text else None


class CustomerKeyRule(Rule):
    """A rule about the key that resources are encrypted with: the customer's own where the requirements name them."""

    demands = ("customer_managed_keys",)
    service: ClassVar[str] = ""  # The word for these resources in the requirement.
    keys: ClassVar[dict[str, str]] = {}  # Property that names the key, for each type.
    encrypted_anyway: ClassVar[bool] = True  # Whether AWS encrypts what names no key.

    @property
    def needs_customer_key(self) -> bool:
        """Whether the requirement names the resources of this rule."""
        return self.service in self.demand("customer_managed_keys")

    def accepts_key(self, view: View, value: Any) -> bool | None:
        """Whether a key is what must hold; None where only AWS knows."""
        if self.needs_customer_key:
            return is_customer_key(view, value)
        return self.encrypted_anyway or names_key(view, value)

    def judge_key(self, resource: Resource, found: Found) -> Verdict:
        """The verdict on one value of the property that names the key."""
        return verdict(found, self.accepts_key(resource.view, found.value), self.key_remedy())

    def key_remedy(self) -> str:
        """What to write instead."""
        if self.needs_customer_key:
            return f"name a KMS key of your own ({CUSTOMER_KEY.format(service=self.service)})"
        return self.fix

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each value of the property that names the key."""
        for type_name, property_name in self.keys.items():
            for resource in view.of(type_name):
                for found in resource.get(property_name):
                    yield self.judge_key(resource, found)
