"""How many Availability Zones an account is sure to have in a Region. Source: ``availability_zones.json``."""

from __future__ import annotations

from tap_templates.data import load


def zones(region: str | None = None) -> int:
    """Zones of a Region that every account has; of any Region but the known exceptions where none is named."""
    table = load("availability_zones.json")
    row = table["fewer"].get(region)
    return int(row["zones"] if row else table["fewest"])
