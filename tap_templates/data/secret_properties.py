"""Properties whose value is a secret. Source: ``secret_properties.json``."""

from __future__ import annotations

from tap_templates.data import load


def secret_properties() -> dict[str, tuple[str, ...]]:
    """Dotted properties of each type; ``*`` is any item."""
    return {name: tuple(properties) for name, properties in load("secret_properties.json")["types"].items()}
