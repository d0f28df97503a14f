"""Ports of administration and of databases, which not everyone needs to reach. Source: ``admin_ports.json``."""

from __future__ import annotations

from functools import cache

from tap_templates.data import load


@cache
def admin_ports() -> dict[int, str]:
    """Each port with the service that listens there: ``{22: "SSH", ...}``, in the order of their numbers."""
    return {int(port): row["service"] for port, row in load("admin_ports.json")["ports"].items()}


@cache
def remote_shell_ports() -> dict[int, str]:
    """Those of them that give a whole machine to whoever logs in: SSH and RDP."""
    rows = load("admin_ports.json")["ports"].items()
    return {int(port): row["service"] for port, row in rows if row.get("remote_shell")}
