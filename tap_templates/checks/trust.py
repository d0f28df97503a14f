"""Principals of policies as rules see them: of the template's own account, or of someone else's."""

from __future__ import annotations

from typing import Any

from tap_templates.checks.resource_policies import is_undecided
from tap_templates.checks.values import arn_parts, as_text, is_dynamic
from tap_templates.checks.view import PLACEHOLDER, View

# IAM user guide, AWS global condition context keys: they say of which organization the caller is.
ORGANIZATION = frozenset({"aws:principalorgid", "aws:principalorgpaths"})
OWN_ACCOUNT = "${AWS::AccountId}"


def is_own_account(view: View, value: Any) -> bool | None:
    """Whether an AWS principal is of the account that the template is deployed into; None where only AWS knows."""
    if view.referred(value) is not None:
        return True
    text = as_text(value)
    account = arn_parts(text)[4] if text.startswith("arn:") else text
    if account == OWN_ACCOUNT:
        return True
    if is_dynamic(account) or (PLACEHOLDER.search(account) and is_undecided(view, account)):
        return None
    return False
