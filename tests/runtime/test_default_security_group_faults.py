"""The fault matrix: every call of a request fails in every way, once and in pairs, and every other run comes between.

Lambda runs the function for CloudFormation up to three times for a request: a process that ended, or an answer that
could not be sent, is followed by another run. What must hold in the end: CloudFormation has an answer that is true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from group_fakes import CLOSED, DEFAULT, FROM_ITSELF, GROUP, KINDS, TO_EVERYWHERE, FakeAws, Function, event

from tap_templates.runtime import default_security_group
from tap_templates.runtime.source import inline_source

SOURCE = Path(default_security_group.__file__)
OPENED = {
    "ingress": [
        FROM_ITSELF,
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
    ],
    "egress": [TO_EVERYWHERE],
}
Start = Callable[[], FakeAws]


def gone() -> FakeAws:
    """A VPC that someone deleted by hand."""
    aws = FakeAws()
    aws.rules = None
    return aws


SCENARIOS: dict[str, tuple[str, Start]] = {
    "create": ("Create", FakeAws),
    "create, opened": ("Create", lambda: FakeAws(OPENED)),
    "update": ("Update", lambda: FakeAws(CLOSED)),
    "update, opened": ("Update", lambda: FakeAws(OPENED)),
    "delete": ("Delete", lambda: FakeAws(CLOSED)),
    "delete, restored": ("Delete", FakeAws),
    "delete, half restored": ("Delete", lambda: FakeAws({"ingress": [FROM_ITSELF], "egress": []})),
    "delete, gone": ("Delete", gone),
}


def is_true(aws: FakeAws, kind: str) -> bool:
    """Whether the group is as CloudFormation asked."""
    return aws.rules in ((DEFAULT, None) if kind == "Delete" else (CLOSED,))


def simulate(function: Function, name: str, faults: dict[int, str]) -> FakeAws:
    """One interleaving: the request with its faults, and the delete that follows a create or an update."""
    kind, start = SCENARIOS[name]
    aws = start()
    aws.faults = dict(faults)
    runs = function.invoke(aws, event(kind))
    told = f"{name} with {faults}: {aws.calls}"
    assert not aws.faults or min(aws.faults) >= len(aws.calls), f"a fault was not reached: {told}"
    answer = aws.answer_to("1")
    assert answer is not None, f"no answer: {told}"
    assert answer["PhysicalResourceId"] == GROUP, told
    assert answer["Status"] == "SUCCESS", told  # One or two faults are none that CloudFormation need hear of.
    assert is_true(aws, kind), f"the answer is not true: {told}"
    assert runs <= 1 + len(faults), told
    aws.faults = {}
    if aws.rules is not None:
        function.invoke(aws, event("Delete", request="2"))
        assert aws.rules == DEFAULT, f"not restored: {told}"
    assert "secret" not in aws.output.getvalue(), told
    return aws


def length(function: Function, name: str, faults: dict[int, str]) -> int:
    """How many calls a request takes, with the faults given."""
    kind, start = SCENARIOS[name]
    aws = start()
    aws.faults = dict(faults)
    function.invoke(aws, event(kind))
    return len(aws.calls)


def singles(function: Function, name: str, kinds: Iterable[str] = KINDS) -> int:
    """Every call fails once, in every way."""
    number = 0
    for first in range(length(function, name, {})):
        for kind in kinds:
            simulate(function, name, {first: kind})
            number += 1
    return number


def pairs(function: Function, name: str) -> int:
    """Every call fails, and then every later one: what follows the first fault is another sequence of calls."""
    number = 0
    for first in range(length(function, name, {})):
        for kind in KINDS:
            for second in range(first + 1, length(function, name, {first: kind})):
                for other in KINDS:
                    simulate(function, name, {first: kind, second: other})
                    number += 1
    return number


@pytest.fixture(scope="module")
def function() -> Function:
    """The handler's source."""
    return Function(compile(SOURCE.read_text(), str(SOURCE), "exec"))


# Lower bounds, so that the matrix cannot shrink unnoticed.
SINGLES_FLOOR = {"create": 30, "create, opened": 30, "update": 12, "update, opened": 30}
PAIRS_FLOOR = {"create": 580, "create, opened": 580, "update": 120, "update, opened": 580}
SHORT_FLOOR = 18, 240


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_single_fault(name: str, function: Function, count_interleavings: Callable[[int], None]) -> None:
    """Every call of the scenario, every kind of fault."""
    number = singles(function, name)

    count_interleavings(number)
    assert number >= SINGLES_FLOOR.get(name, SHORT_FLOOR[0])


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_pair_of_faults(name: str, function: Function, count_interleavings: Callable[[int], None]) -> None:
    """Every call of the scenario and every later one, every two kinds of fault."""
    number = pairs(function, name)

    count_interleavings(number)
    assert number >= PAIRS_FLOOR.get(name, SHORT_FLOOR[1])


def test_every_single_fault_in_the_inlined_form(count_interleavings: Callable[[int], None]) -> None:
    """The code that the template holds."""
    inlined = Function(compile(inline_source("default_security_group"), "index.py", "exec"))
    number = sum(singles(inlined, name) for name in SCENARIOS)

    count_interleavings(number)
    assert number >= 170


@pytest.mark.parametrize("name", SCENARIOS)
def test_request_that_comes_twice(name: str, function: Function) -> None:
    """Lambda delivers an event at least once: the second delivery changes nothing and answers the same."""
    kind, start = SCENARIOS[name]
    aws = start()
    function.invoke(aws, event(kind))
    before = aws.rules
    function.invoke(aws, event(kind))

    assert aws.rules == before
    assert aws.answers[0] == aws.answers[1]


@pytest.mark.parametrize("name", SCENARIOS)
def test_two_runs_at_once(name: str, function: Function, count_interleavings: Callable[[int], None]) -> None:
    """A whole run of the same request between any two calls of another."""
    kind, start = SCENARIOS[name]
    total = length(function, name, {})
    for at in range(total):
        aws = start()
        aws.at = {at: lambda aws=aws: function.run(aws, event(kind))}  # type: ignore[misc]
        function.invoke(aws, event(kind))

        assert is_true(aws, kind), f"{name}, another run before call {at}: {aws.calls}"
        assert {answer["Status"] for answer in aws.answers} == {"SUCCESS"}
    count_interleavings(total)


@pytest.mark.parametrize("name", SCENARIOS)
def test_timer_at_every_call(name: str, function: Function, count_interleavings: Callable[[int], None]) -> None:
    """The timer's answer is the only one, whenever it comes, and the run changes at most what it is at."""
    kind, start = SCENARIOS[name]
    total = length(function, name, {})
    for at in range(total - 1):
        aws = start()
        aws.at = {at: lambda aws=aws: aws.timers[0].fire()}  # type: ignore[misc]
        function.run(aws, event(kind))

        assert [answer["Status"] for answer in aws.answers] == ["FAILED"]
    count_interleavings(total - 1)


def test_process_that_ends_each_time_gives_no_answer(function: Function) -> None:
    """The limit of what a function can do for itself: then the event is among the dead letters."""
    aws = FakeAws()
    aws.faults = {0: "crash", 1: "crash", 2: "crash"}

    assert function.invoke(aws, event("Create")) == 3
    assert aws.answers == []
