"""Protocols and ports, as the rules of security groups and of network ACLs name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tap_templates.checks.rule import as_number
from tap_templates.checks.values import is_dynamic
from tap_templates.checks.view import Found, Scenario, View

# IANA protocol numbers of those that have ports, or types in their place.
NAMES = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
WITH_PORTS = ("tcp", "udp")
WITHOUT_PORTS = ("icmp", "icmpv6")
ALL_PROTOCOLS = ("-1", "all")
EVERY_PORT = range(65_536)
UNTOLD = "a port that only AWS knows"


class Ports(NamedTuple):
    """Ports of one protocol; none for ICMP, every one where the protocol has none that could be told apart.

    Source: API reference, IpPermission: all protocols and any but TCP, UDP and ICMP open all ports, whatever is given.
    """

    protocol: str
    numbers: range | None  # None where only AWS knows.
    found: Found  # What says so.

    def __str__(self) -> str:
        """As in ``tcp 22``, ``udp 1024-65535``, ``all protocols``."""
        if self.numbers is None:
            return UNTOLD
        if self.protocol in ALL_PROTOCOLS:
            return "all protocols"
        if self.protocol not in WITH_PORTS:
            return f"protocol {self.protocol}"
        if self.numbers == EVERY_PORT:
            return f"all ports of {self.protocol}"
        last = f"-{self.numbers[-1]}" if len(self.numbers) > 1 else ""
        return f"{self.protocol} {self.numbers[0]}{last}" if self.numbers else f"no port of {self.protocol}"


def in_words(several: Iterable[Ports]) -> str:
    """``tcp 22, tcp 3389``."""
    return ", ".join(dict.fromkeys(str(each) for each in several))


def ports(view: View, rule: Found, when: Scenario) -> Iterator[Ports]:
    """Ports that a rule of a security group can have below ``when``."""
    yield from ports_of(view, rule, "IpProtocol", (("FromPort",), ("ToPort",)), when)


def ports_of(
    view: View, rule: Found, protocol: str, ends: tuple[Sequence[str], Sequence[str]], when: Scenario
) -> Iterator[Ports]:
    """The same, for the names of the protocol and of the first and last port in a rule."""
    for named in view.walk(rule.value, (protocol,), rule.path, when):
        word = _protocol(named)
        if word is None:
            yield Ports(UNTOLD, None, named)
        elif word not in WITH_PORTS:
            yield Ports(word, range(0) if word in WITHOUT_PORTS else EVERY_PORT, named)
        else:
            for first in view.walk(rule.value, ends[0], rule.path, named.when):
                for last in view.walk(rule.value, ends[1], rule.path, first.when):
                    yield _between(word, first, last)


def _protocol(named: Found) -> str | None:
    """Its name in lower case; all protocols where none is given."""
    if named.is_unknown or is_dynamic(named.value):
        return None
    word = "-1" if named.is_missing else str(named.value).lower()
    return NAMES.get(word, word)


def _between(protocol: str, first: Found, last: Found) -> Ports:
    """From one port to another; every one where an end is missing or -1."""
    for end in (first, last):
        if end.is_unknown or is_dynamic(end.value):
            return Ports(protocol, None, end)
    low, high = (_number(end.value) for end in (first, last))
    if low is None or high is None or low < 0 or high < 0:
        return Ports(protocol, EVERY_PORT, first)
    return Ports(protocol, range(min(low, len(EVERY_PORT)), min(high, EVERY_PORT[-1]) + 1), first)


def _number(value: Any) -> int | None:
    number = as_number(value)
    return int(number) if number is not None and abs(number) < float("inf") else None
