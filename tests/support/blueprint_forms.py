"""The forms that each blueprint can take: what its own settings change in its structure, and the profiles."""

from __future__ import annotations

from typing import Any

from support.component_samples import FIXED

from tap_templates.settings import Settings

EVERY_KEY = {"customer_managed_keys": ["logs", "queues", "secrets", "tables", "topics"]}
LARGE_STORE = {
    "tables": [
        {"name": "orders", "partition": "customer", "sort": "placed:number", "expires": "gone_at", "stream": True},
        {"name": "stock", "partition": "item"},
    ],
    "buckets": ["invoices", "reports-2"],
    "secrets": [{"name": "database", "username": "app"}, {"name": "webhook"}],
}
# By blueprint: a name for each form, and its settings.
FORMS: dict[str, dict[str, dict[str, Any]]] = {
    "secure-enterprise": {"as it is": {}},
    "event-pipeline": {
        "bucket": {},
        "prefix": {"pipeline": {"prefix": "incoming/"}},
        "queue": {"pipeline": {"source": "queue"}},
        "queue with every key": {"pipeline": {"source": "queue"}, "requirements": EVERY_KEY},
        "bucket with every key": {"requirements": {**EVERY_KEY, "bucket_encryption": "aws:kms"}},
    },
    "data-store": {
        "one of each": {},
        "several": {"data_store": LARGE_STORE},
        "every key": {"data_store": LARGE_STORE, "requirements": {**EVERY_KEY, "bucket_encryption": "aws:kms"}},
        "buckets alone": {"data_store": {"buckets": ["invoices"]}},
        "secrets alone": {"data_store": {"secrets": [{"name": "database"}]}},
    },
}
EVERY_FORM = [(name, form) for name, forms in FORMS.items() for form in forms]
# A team's own: another name for an environment, and amounts of its own.
TEAMS_OWN = {
    "environment": "load",
    "profile": "staging",
    "sizes": {"noncurrent_version_days": 1, "reserved_concurrency": 1000, "recovery_days": 35, "archive_days": 3650},
}
PROFILES: dict[str, dict[str, Any]] = {
    **{name: {"environment": name} for name in ("dev", "staging", "prod")},
    "a team's own": TEAMS_OWN,
}


def fixed_form(name: str, form: str, **changes: Any) -> Settings:
    """Settings of a form that leave nothing to be asked."""
    return Settings(**{**FIXED, **FORMS[name][form], **changes})


def asked_form(name: str, form: str, **changes: Any) -> Settings:
    """Settings of a form that leave everything to be asked."""
    return Settings(**{**FORMS[name][form], **changes})
