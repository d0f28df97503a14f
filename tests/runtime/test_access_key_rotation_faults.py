"""The fault matrix: every call of a rotation fails in every way, once and in pairs, and the runs go on.

Each interleaving is a simulation of its own: daily runs on a fake account, in which the n-th call fails (before it had
an effect, or after it: an answer that was lost, or the end of the process). The invariants are asserted by the fake
after every call; here, that the work is done in the end and that no secret got out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from rotation_fakes import AFTER, BEFORE, DAY, KINDS, PREFIX, FakeAws, FakeSecret, Function, Violation

from tap_templates.runtime import access_key_rotation
from tap_templates.runtime.source import inline_source

pytestmark = pytest.mark.once

PERIOD_DAYS = 2  # The phases stay, most idle days go.
PATIENCE_DAYS = 10  # An undisturbed rotation takes five days; two faults cost two days each.
SOURCE = Path(access_key_rotation.__file__)

Scenario = tuple[Callable[[FakeAws], None], list[bool]]


def fresh(aws: FakeAws) -> None:
    """An old key in use."""
    aws.add_key("ann", age=91, used=0)


def retiring(aws: FakeAws) -> None:
    """The successor is there, the old key in its grace period."""
    old = aws.add_key("ann", age=92, used=0)
    given(aws, old.id, "retiring", 1)


def inactive(aws: FakeAws) -> None:
    """The old key is off and in its second period."""
    old = aws.add_key("ann", age=93, used=1, active=False)
    old.inactive_since = aws.now - DAY
    given(aws, old.id, "inactive", 1)


def orphan(aws: FakeAws) -> None:
    """A run crashed after it made a key and before it stored it."""
    old = aws.add_key("ann", age=92, used=0)
    aws.add_key("ann", age=1, own=False)
    given(aws, old.id, "creating", 1, stored=False)


def two_old(aws: FakeAws) -> None:
    """Two old keys in use."""
    aws.add_key("ann", age=200, used=0)
    aws.add_key("ann", age=120, used=0)


def unused(aws: FakeAws) -> None:
    """Two keys that nobody uses."""
    aws.add_key("ann", age=200, used=60)
    aws.add_key("ann", age=60)


def spare(aws: FakeAws) -> None:
    """An old key in use, and one that was switched off by hand."""
    aws.add_key("ann", age=91, used=0)
    aws.add_key("ann", age=50, used=40, active=False)


def waiting(aws: FakeAws) -> None:
    """An old key in use, and a young one that its owner made and has not used: it goes first, as unused."""
    aws.add_key("ann", age=91, used=0)
    aws.add_key("ann", age=8)


def doomed(aws: FakeAws) -> None:
    """The secret that holds the successor is about to be deleted."""
    retiring(aws)
    aws.secrets[PREFIX + "ann"].deleted = aws.now - DAY


def bare(aws: FakeAws) -> None:
    """An old key in use, and a secret without policy: a run crashed in between."""
    aws.add_key("ann", age=91, used=0)
    aws.secrets[PREFIX + "ann"] = FakeSecret()


def crowd(aws: FakeAws) -> None:
    """Two users in different phases."""
    aws.add_user("bob", groups=("auditors",))
    retiring(aws)
    aws.add_key("bob", age=91, used=0)


# And whether the user has a working key in the end.
SCENARIOS: dict[str, tuple[Callable[[FakeAws], None], bool, int]] = {
    "fresh": (fresh, True, PATIENCE_DAYS),
    "retiring": (retiring, True, PATIENCE_DAYS),
    "inactive": (inactive, True, PATIENCE_DAYS),
    "orphan": (orphan, True, PATIENCE_DAYS + 2),
    "two_old": (two_old, True, PATIENCE_DAYS + 5),
    "unused": (unused, False, PATIENCE_DAYS),
    "spare": (spare, True, PATIENCE_DAYS + 3),
    "waiting": (waiting, True, PATIENCE_DAYS + 7),
    "doomed": (doomed, True, PATIENCE_DAYS),
    "bare": (bare, True, PATIENCE_DAYS),
    "crowd": (crowd, True, PATIENCE_DAYS),
}


def given(aws: FakeAws, old: str, phase: str, days: int, *, stored: bool = True) -> None:
    """A secret as an earlier run left it, with a successor if it got that far."""
    then = aws.now - days * DAY
    secret = aws.secrets[PREFIX + "ann"] = FakeSecret(tags={"KeyRotation": f"{phase} {old} {then:%Y-%m-%dT%H:%M:%S%z}"})
    aws.invariants = False
    aws.call("secretsmanager:put_resource_policy", {"SecretId": PREFIX + "ann", "ResourcePolicy": policy(aws)})
    if stored:
        new = aws.add_key("ann", age=days + 1 if phase == "inactive" else days, own=False)
        value = f'{{"AccessKeyId": "{new.id}", "SecretAccessKey": "{new.secret}"}}'
        token = access_key_rotation.version(new.id)
        secret.versions, secret.stages = {token: value}, {token: ["AWSCURRENT"]}
        aws.told[old] = then
        new.used = aws.now if phase == "inactive" else None
    aws.invariants = True
    aws.calls.clear()


def policy(aws: FakeAws) -> str:
    """The policy of ann's secret."""
    return (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": '
        '"secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalArn": "'
        + aws.users["ann"].arn
        + '"}}}]}'
    )


def account(period_days: int) -> FakeAws:
    """With ann in both groups."""
    aws = FakeAws({"GRACE_DAYS": period_days, "DELETE_AFTER_DAYS": period_days, "UNUSED_DAYS": 10})
    aws.add_user("ann", groups=("developers", "auditors"))
    return aws


def simulate(function: Function, name: str, faults: dict[int, str], period_days: int = PERIOD_DAYS) -> FakeAws:
    """One interleaving, from the scenario to its end."""
    begin, works, days = SCENARIOS[name]
    aws = account(period_days)
    begin(aws)
    aws.faults = dict(faults)
    in_use = works

    def work(day: int) -> None:
        if in_use:
            for user in aws.users:
                aws.use(user)  # As long as the old key works, nobody changes over: the hardest case.
                if name == "two_old":
                    aws.use(user, newest=True)

    try:
        function.on(aws).daily(days, users=work)
        assert not aws.faults or min(aws.faults) >= len(aws.calls), "a fault was not reached"
        work(days)
        assert function()["steps"] == {}, "not settled"
        for user in aws.users.values():
            keys = list(user.keys.values())
            if works:
                [key] = keys
                assert key.active
                assert aws.stored(user.name, key)
                assert any(f"Use {key.id}" in message["text"] for message in aws.published) or name in (
                    "retiring",
                    "inactive",
                    "doomed",
                    "crowd",
                )
            else:
                assert not any(key.active for key in keys)
                assert {message["text"].split()[2] for message in aws.published} == {key.id for key in keys}
        assert not aws.leaks(aws.output.getvalue() + repr(aws.published))
    except (AssertionError, RuntimeError, ValueError, Violation) as broken:
        raise AssertionError(f"{name} with {faults}: {broken}") from broken
    return aws


def last_change(aws: FakeAws) -> int:
    """The number of the last call that changed something; what follows only looks."""
    reads = (":get_", ":list_", ":describe_")
    return max(n for n, call in enumerate(aws.calls) if not any(read in call for read in reads))


def singles(function: Function, name: str, kinds: Iterable[str] = KINDS) -> int:
    """Every call fails once, in every way."""
    number = 0
    for first in range(last_change(simulate(function, name, {})) + 1):
        for kind in kinds:
            simulate(function, name, {first: kind})
            number += 1
    return number


def pairs(function: Function, name: str, kinds: tuple[str, ...]) -> int:
    """Every call fails, and then every later one: what follows the first fault is another sequence of calls.

    With periods of one day, so that there are few calls on days without a step.
    """
    number = 0
    for first in range(last_change(simulate(function, name, {}, 1)) + 1):
        for kind in kinds:
            after = last_change(simulate(function, name, {first: kind}, 1))
            for second in range(first + 1, after + 1):
                for other in kinds:
                    simulate(function, name, {first: kind, second: other}, 1)
                    number += 1
    return number


@pytest.fixture(scope="module")
def function() -> Function:
    """The handler's source."""
    return Function(compile(SOURCE.read_text(), str(SOURCE), "exec"))


# Lower bounds, so that the matrix cannot shrink unnoticed; the numbers of a day are a little above.
SINGLES_FLOOR = {
    "fresh": 360,
    "retiring": 250,
    "inactive": 120,
    "orphan": 400,
    "two_old": 680,
    "unused": 80,
    "spare": 550,
    "waiting": 750,
    "doomed": 260,
    "bare": 350,
    "crowd": 580,
}
PAIRS_FLOOR = 2_400
ALL_PAIRS_FLOOR = {
    "fresh": 5_400,
    "retiring": 900,
    "inactive": 230,
    "orphan": 7_400,
    "two_old": 7_600,
    "unused": 350,
    "spare": 5_400,
    "waiting": 11_000,
    "doomed": 1_000,
    "bare": 2_300,
    "crowd": 5_100,
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_single_fault(name: str, function: Function, count_interleavings: Callable[[int], None]) -> None:
    """Every call of the scenario, every kind of fault."""
    number = singles(function, name)

    count_interleavings(number)
    assert set(BEFORE + AFTER) == set(KINDS)
    assert number >= SINGLES_FLOOR[name]


def test_every_single_fault_in_the_inlined_form(count_interleavings: Callable[[int], None]) -> None:
    """The code that the template holds, for one scenario."""
    number = singles(Function(compile(inline_source("access_key_rotation"), "index.py", "exec")), "fresh")

    count_interleavings(number)
    assert number >= SINGLES_FLOOR["fresh"]


def test_pairs_of_faults_in_a_fresh_rotation(function: Function, count_interleavings: Callable[[int], None]) -> None:
    """Every pair of calls; failing before, and crashing after: to the handler the other kinds are like these."""
    number = pairs(function, "fresh", ("throttle", "crash-after"))

    count_interleavings(number)
    assert number >= PAIRS_FLOOR


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_pairs_of_faults(name: str, function: Function, count_interleavings: Callable[[int], None]) -> None:
    """Every pair of calls of every scenario; also answers that were lost, after which the run goes on to others."""
    kinds = ("throttle", "timeout-after", "crash-after")
    number = pairs(function, name, kinds if name in ("fresh", "orphan") else kinds[::2])

    count_interleavings(number)
    assert number >= ALL_PAIRS_FLOOR[name]


def test_a_retry_within_minutes_does_no_harm(function: Function, count_interleavings: Callable[[int], None]) -> None:
    """Lambda repeats a failed run after one minute and after two more; every single fault, thrice a day."""
    number = 0
    total = last_change(simulate(function, "fresh", {}))
    for first in range(total + 1):
        for kind in KINDS:
            aws = account(PERIOD_DAYS)
            fresh(aws)
            aws.faults = {first: kind}
            function.on(aws)
            for _ in range(PATIENCE_DAYS):
                aws.use("ann")
                for minutes in (1, 2, -3):
                    function.daily(1)
                    aws.now += timedelta(minutes=minutes) - DAY
                aws.now += DAY
            [key] = aws.users["ann"].keys.values()
            assert key.active
            assert aws.stored("ann", key)
            number += 1

    count_interleavings(number)
    assert number >= SINGLES_FLOOR["fresh"]
