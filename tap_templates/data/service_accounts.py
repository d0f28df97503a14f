"""Accounts of AWS that are the same in every Region of a partition. Source: ``service_accounts.json``."""

from __future__ import annotations

from tap_templates.data import load


def is_service_account(account: str) -> bool:
    """Whether an account id is one of AWS's own that a template may name as it is."""
    return account in load("service_accounts.json")["accounts"]
