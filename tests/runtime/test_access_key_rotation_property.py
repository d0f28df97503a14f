"""Random users, keys, habits and failures, 200 days: the invariants hold, and old keys are gone in the end."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rotation_fakes import DAY, KINDS, FakeAws, Function, Violation

from tap_templates.runtime import access_key_rotation

SOURCE = Path(access_key_rotation.__file__)
FUNCTION = Function(compile(SOURCE.read_text(), str(SOURCE), "exec"))

TROUBLED_DAYS, CALM_DAYS = 150, 50
# 90, the grace period, a run to make the successor, a run to switch the old key off.
OLDEST_ACTIVE_DAYS = 90 + 7 + 2
# Where the owner made a second key and never used it, that one first goes as unused: a notice, a period, a run each.
OLDEST_WAITING_DAYS = OLDEST_ACTIVE_DAYS + 45 + 7 + 4

keys = st.fixed_dictionaries(
    {"age": st.integers(0, 300), "used": st.none() | st.integers(0, 100), "active": st.booleans()}
)
users = st.fixed_dictionaries(
    {
        "keys": st.lists(keys, max_size=2),
        "every": st.sampled_from([1, 1, 1, 5, 30, 0]),  # Works every so many days, or never.
        "newest": st.booleans(),  # Changes over at once, or when the old key is off.
        "switches": st.dictionaries(st.integers(0, TROUBLED_DAYS), st.sampled_from(["off", "on", "make"]), max_size=4),
    }
)
faults = st.lists(st.tuples(st.integers(0, TROUBLED_DAYS - 1), st.integers(0, 30), st.sampled_from(KINDS)), max_size=40)


def play(aws: FakeAws, name: str, habits: dict, day: int) -> None:
    """What the user does before the day's run."""
    own = sorted(aws.users[name].keys.values(), key=lambda key: (key.created, key.id))
    action = habits["switches"].get(day)
    if action == "make" and len(own) < 2:
        aws.add_key(name, age=1 / 24)
    elif action == "off" and own and own[-1].active:
        own[-1].active, own[-1].inactive_since = False, aws.now
    elif action == "on" and own and not own[0].active:
        own[0].active, own[0].inactive_since, own[0].toggled = True, None, True
    if habits["every"] and day % habits["every"] == 0:
        aws.use(name, newest=habits["newest"])


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(users, min_size=1, max_size=3), faults)
def test_invariants_hold_and_no_old_key_stays(people: list[dict], troubles: list[tuple[int, int, str]]) -> None:
    """Whatever fails and whatever users do; a key that its owner made and did not use may stay until it is unused."""
    aws = FakeAws()
    aws.max_items = 50
    for number, habits in enumerate(people):
        aws.add_user(f"user{number}")
        for key in habits["keys"]:
            aws.add_key(f"user{number}", **{**key, "used": key["used"] if (key["used"] or 0) <= key["age"] else None})
    FUNCTION.on(aws)

    for day in range(TROUBLED_DAYS + CALM_DAYS):
        aws.faults = {len(aws.calls) + call: kind for when, call, kind in troubles if when == day}
        for number, habits in enumerate(people):
            play(aws, f"user{number}", habits, day)
        try:
            FUNCTION.daily(1)
        except Violation as broken:  # Hypothesis looks for a smaller example only of an Exception.
            raise AssertionError(str(broken)) from broken

    assert not aws.leaks(aws.output.getvalue() + repr(aws.published))
    for number, habits in enumerate(people):
        oldest = OLDEST_WAITING_DAYS if "make" in habits["switches"].values() else OLDEST_ACTIVE_DAYS
        found = list(aws.users[f"user{number}"].keys.values())
        for key in found:
            if key.active and habits["every"] == 1:
                assert aws.now - key.created <= oldest * DAY
            if key.active:
                assert aws.now - (key.used or key.created) <= (45 + 7 + 7 + 2) * DAY
        for key in found:
            assert key.own or key.used or aws.stored(f"user{number}", key), "a key that nobody can know"
