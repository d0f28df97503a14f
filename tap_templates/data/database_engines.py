"""What each engine of RDS and Aurora calls things, and how much it takes. Source: ``database_engines.json``."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from tap_templates.data import load

GIB = 1024**3


class Engine(NamedTuple):
    """An engine that the library builds databases of."""

    name: str  # As the property Engine has it.
    says: str
    language: str  # postgresql or mysql
    usual_port: int
    port: int  # The one that is used where none is said.
    exports: tuple[str, ...]  # Kinds of logs that go to CloudWatch Logs.
    tls: dict[str, str]  # Parameters that refuse connections without TLS.
    tls_floor: dict[str, dict[str, str]]  # Parameter: its value for the oldest TLS version that is accepted.
    logging: dict[str, str]  # Parameters without which the logs have nothing in them.
    bytes_per_connection: int = 0
    most_connections: int = 0
    connections_by_gib: dict[str, int] | None = None
    without_insights: tuple[str, ...] = ()  # Classes on which there is no Performance Insights.

    @property
    def is_aurora(self) -> bool:
        """Whether its databases are clusters."""
        return self.name.startswith("aurora-")

    def connections(self, memory_gib: int) -> int:
        """How many connections a database with so much memory takes, by the engine's default."""
        if self.connections_by_gib is None:
            return min(memory_gib * GIB // self.bytes_per_connection, self.most_connections)
        fitting = [count for gib, count in self.connections_by_gib.items() if int(gib) <= memory_gib]
        return max(fitting, default=min(self.connections_by_gib.values()))


class Ports(NamedTuple):
    """Which ports a database may wait on."""

    lowest: int
    highest: int


@cache
def database_engines() -> dict[str, Engine]:
    """Every engine, by its name."""
    rows = load("database_engines.json")["engines"]
    return {name: Engine(name, **_row(row)) for name, row in rows.items()}


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def database_ports() -> Ports:
    """The ports that RDS takes."""
    return Ports(**load("database_engines.json")["ports"])


def reserved_owners() -> tuple[str, ...]:
    """Names that RDS keeps for itself, or that everyone would try first."""
    return tuple(load("database_engines.json")["owner"]["reserved"])


def longest_owner(engine: Engine) -> int:
    """Characters of the longest name that the owner of a database may have."""
    return int(load("database_engines.json")["owner"]["longest"][engine.language])
