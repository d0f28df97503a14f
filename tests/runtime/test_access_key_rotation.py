"""What a run of the access key rotation does, and a row of runs; for the source and for its inlined form."""

from __future__ import annotations

import io
import json
import logging
from contextlib import redirect_stdout
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from rotation_fakes import DAY, PREFIX, START, Context, FakeAws, FakeKey, FakeSecret, Function, client_error

from tap_templates.runtime import access_key_rotation, permissions
from tap_templates.runtime.source import inline_source

SOURCE = Path(access_key_rotation.__file__)


@pytest.fixture(scope="module", params=["source", "inlined"])
def loaded(request: pytest.FixtureRequest) -> Function:
    """The function from its source and from what the template holds."""
    text = SOURCE.read_text() if request.param == "source" else inline_source("access_key_rotation")
    return Function(compile(text, str(SOURCE) if request.param == "source" else "index.py", "exec"))


@pytest.fixture
def aws() -> FakeAws:
    """An account with one user, ann."""
    aws = FakeAws()
    aws.add_user("ann", groups=("developers", "auditors"))
    return aws


@pytest.fixture
def function(loaded: Function, aws: FakeAws) -> Function:
    """The function in that account."""
    return loaded.on(aws)


def changes(aws: FakeAws) -> list[str]:
    """The calls so far that changed something, without the service's name."""
    reads = ("get_", "list_", "describe_")
    return [call.split(":")[1] for call in aws.calls if not call.split(":")[1].startswith(reads)]


def state(aws: FakeAws, user: str = "ann") -> list[tuple[str, bool]]:
    """The user's keys, oldest first: id and whether active."""
    return [
        (key.id, key.active) for key in sorted(aws.users[user].keys.values(), key=lambda key: (key.created, key.id))
    ]


def test_a_young_key_is_left_alone(aws: FakeAws, function: Function) -> None:
    """Nothing is changed and no secret is made for a key of exactly the maximum age."""
    aws.add_key("ann", age=90, used=1)

    assert function() == {"steps": {}, "outside": []}
    assert changes(aws) == []
    assert aws.secrets == {}


def test_an_old_key_gets_a_successor_that_only_its_user_can_read(aws: FakeAws, function: Function) -> None:
    """The policy comes before the value, the note before the key; the notice has dates and place and no secret."""
    old = aws.add_key("ann", age=91, used=1)

    report = function()

    [new] = [key for key in aws.users["ann"].keys.values() if key is not old]
    assert report["steps"] == {"ann": [f"replace {old.id}"]}
    assert changes(aws) == [
        "create_secret",
        "put_resource_policy",
        "tag_resource",
        "create_access_key",
        "put_secret_value",
        "publish",
        "tag_resource",
    ]
    assert aws.stored("ann", new)
    assert [message["text"] for message in aws.published] == [
        f"Access key {old.id} of ann is inactive from 2025-01-08 and deleted on 2025-01-15. "
        f"Use {new.id}, stored in Secrets Manager as {PREFIX}ann."
    ]
    assert aws.secrets[PREFIX + "ann"].tags == {
        "Project": "payments",
        "Environment": "dev",
        "KeyRotation": f"retiring {old.id} 2025-01-01T03:00:00+0000",
    }


def test_a_whole_rotation_takes_two_periods(aws: FakeAws, function: Function) -> None:
    """Made on day 0, the old key off on day 7, deleted on day 14, then silence."""
    old = aws.add_key("ann", age=91, used=1)
    states = []

    for _ in range(20):
        aws.use("ann", newest=True)
        function()
        states.append([active for _, active in state(aws)])
        aws.now += DAY

    assert states == [[True, True]] * 7 + [[False, True]] * 7 + [[True]] * 6
    assert old.id not in aws.users["ann"].keys
    assert [message["text"].split(" of ann ")[1][:27] for message in aws.published] == [
        "is inactive from 2025-01-08",
        "is inactive from 2025-01-08",
    ]


def test_a_dry_run_tells_the_steps_and_takes_none(aws: FakeAws, function: Function) -> None:
    """No call changes anything."""
    old = aws.add_key("ann", age=91, used=1)

    assert function({"dry_run": True})["steps"] == {"ann": [f"replace {old.id}"]}
    assert changes(aws) == []


def test_users_outside_the_path_are_reported_and_not_touched(aws: FakeAws, function: Function) -> None:
    """The fake refuses any call on them."""
    aws.add_user("eve", path="/")
    aws.add_user("mal", path="/payments/dev/ab12cd34x/")

    assert function()["outside"] == ["eve", "mal"]


def test_an_unused_key_is_switched_off_after_a_notice(aws: FakeAws, function: Function) -> None:
    """Used long ago, or never used and made long ago; no successor, no secret."""
    aws.add_key("ann", age=200, used=46)
    aws.add_key("ann", age=46)

    function()

    assert [active for _, active in state(aws)] == [False, False]
    assert changes(aws) == ["publish", "update_access_key"] * 2
    assert aws.published[0]["text"].endswith("of ann was not used for 45 days and is deactivated.")
    assert aws.secrets == {}
    assert function()["steps"] == {}


def test_a_successor_is_not_unused_while_its_predecessor_is_there(aws: FakeAws, function: Function) -> None:
    """The note is lost every day, so the grace period never ends; the old key stays in use, the new one waits."""
    old = aws.add_key("ann", age=91, used=0)
    function()

    def forget(day: int) -> None:
        old.used = aws.now
        del aws.secrets[PREFIX + "ann"].tags["KeyRotation"]

    function.daily(50, users=forget)

    assert [active for _, active in state(aws)] == [True, True]


def test_of_two_old_keys_in_use_the_older_retires_first(aws: FakeAws, function: Function) -> None:
    """At no time are there three keys, and in the end there is one, young and stored."""
    keys = [aws.add_key("ann", age=300, used=0), aws.add_key("ann", age=200, used=0)]

    def work(day: int) -> None:
        for key in keys:
            if key.active:
                key.used = aws.now
        aws.use("ann", newest=True)

    function.daily(15, users=work)
    assert state(aws)[0] == (keys[1].id, True)
    function.daily(16, users=work)

    [last] = aws.users["ann"].keys.values()
    assert last.active
    assert aws.stored("ann", last)


def test_an_old_key_waits_for_one_its_owner_made_and_has_not_used(aws: FakeAws, function: Function) -> None:
    """Nothing happens until the new key is used; then the old one retires and goes."""
    old, new = aws.add_key("ann", age=100, used=0), aws.add_key("ann", age=1)

    function.daily(5, users=lambda day: setattr(old, "used", aws.now))
    assert changes(aws) == []

    function.daily(16, users=lambda day: setattr(new, "used", aws.now))
    assert state(aws) == [(new.id, True)]
    assert not aws.published[0]["text"].count("stored in")


@pytest.mark.parametrize("age", [120, 20])
def test_an_inactive_key_gives_its_place_to_a_successor(aws: FakeAws, function: Function, age: int) -> None:
    """After a notice and the second period, whether it is older or younger than the old active one."""
    old = aws.add_key("ann", age=100, used=0)
    spare = aws.add_key("ann", age=age, used=15, active=False)

    function.daily(7, users=lambda day: setattr(old, "used", aws.now))
    assert spare.id in aws.users["ann"].keys
    function.daily(2, users=lambda day: setattr(old, "used", aws.now))

    assert spare.id not in aws.users["ann"].keys
    assert aws.stored("ann", list(aws.users["ann"].keys.values())[-1])


def test_an_inactive_key_beside_a_young_one_is_left_alone(aws: FakeAws, function: Function) -> None:
    """It may be the owner's wish, and nothing needs its place; likewise two young active ones."""
    aws.add_key("ann", age=80, used=3, active=False)
    aws.add_key("ann", age=30, used=3)
    aws.add_user("bob")
    aws.add_key("bob", age=80, used=3)
    aws.add_key("bob", age=30, used=3)

    assert function()["steps"] == {}
    assert changes(aws) == []


def test_a_user_without_active_keys_is_left_alone(aws: FakeAws, function: Function) -> None:
    """No key: nothing. Only an inactive one: nothing, but the policy of the secret is still looked after."""
    aws.add_user("bob")
    aws.add_key("bob", age=500, active=False)
    aws.secrets[PREFIX + "bob"] = FakeSecret()

    function()

    assert changes(aws) == ["put_resource_policy"]


def test_a_successor_switched_off_by_its_owner_is_made_anew(aws: FakeAws, function: Function) -> None:
    """And the old key works meanwhile."""
    old = aws.add_key("ann", age=91, used=0)
    function()
    [new] = [key for key in aws.users["ann"].keys.values() if key is not old]
    new.active, new.inactive_since = False, aws.now

    function.daily(9, users=lambda day: setattr(old, "used", aws.now))

    assert new.id not in aws.users["ann"].keys
    assert old.active
    assert len(aws.users["ann"].keys) == 2


def test_an_old_key_switched_on_again_gets_a_new_period_of_grace(aws: FakeAws, function: Function) -> None:
    """Told anew, off again a period later."""
    old = aws.add_key("ann", age=91, used=0)
    function.daily(9, users=lambda day: old.active and setattr(old, "used", aws.now))
    assert not old.active
    old.active, old.used = True, aws.now

    function.daily(7)
    assert old.active
    function.daily(1)
    assert not old.active


def test_an_inactive_key_that_was_used_after_its_notice_gets_a_new_one(aws: FakeAws, function: Function) -> None:
    """Its owner had switched it on for a while, between two runs."""
    old = aws.add_key("ann", age=91, used=0)
    function.daily(10, users=lambda day: old.active and setattr(old, "used", aws.now))
    assert not old.active
    old.toggled, old.used = True, aws.now - DAY / 2

    function.daily(7)
    assert old.id in aws.users["ann"].keys
    function.daily(1)
    assert old.id not in aws.users["ann"].keys


def lose_answer(aws: FakeAws, function: Function, operation: str, kind: str) -> None:
    """One run in which the first call of ``operation`` fails."""
    trial = len(aws.calls)
    original = aws.call

    def call(name: str, arguments: dict[str, Any]) -> Any:
        if name.endswith(operation):
            aws.faults[len(aws.calls)] = kind
        return original(name, arguments)

    aws.call = call  # type: ignore[method-assign]
    function.daily(1)
    aws.call = original  # type: ignore[method-assign]
    assert len(aws.calls) > trial


@pytest.mark.parametrize("kind", ["crash-after", "timeout-after", "error-after"])
def test_a_key_whose_answer_was_lost_is_deleted_and_made_anew(aws: FakeAws, function: Function, kind: str) -> None:
    """One day later it goes, another day later there is a stored one."""
    aws.add_key("ann", age=91, used=0)
    lose_answer(aws, function, "create_access_key", kind)
    [lost] = [key for key in aws.users["ann"].keys.values() if not key.own]

    assert function()["steps"] == {"ann": [f"delete {lost.id}"]}
    aws.now += DAY
    function()

    [new] = [key for key in aws.users["ann"].keys.values() if not key.own]
    assert new.id != lost.id
    assert aws.stored("ann", new)


def test_a_run_right_after_an_interrupted_one_waits(aws: FakeAws, function: Function) -> None:
    """The other run may still be at work, or IAM may not show the new key yet."""
    aws.add_key("ann", age=91, used=0)
    lose_answer(aws, function, "put_secret_value", "crash")
    aws.now += timedelta(minutes=10) - DAY

    assert function()["steps"] == {}

    del aws.users["ann"].keys[state(aws)[1][0]]
    assert function()["steps"] == {}


def test_a_key_made_by_its_owner_is_never_taken_for_a_lost_one(aws: FakeAws, function: Function) -> None:
    """Made an hour after the failed attempt; and of two made just then, neither."""
    aws.add_key("ann", age=91, used=0)
    lose_answer(aws, function, "create_access_key", "throttle")
    own = aws.add_key("ann", age=23 / 24)
    aws.add_user("bob")
    aws.add_key("bob", age=91, used=0)
    aws.now -= DAY
    lose_answer(aws, function, "create_access_key", "throttle")
    aws.users["bob"].keys.clear()
    aws.add_key("bob", age=1, active=False)
    aws.add_key("bob", age=1, active=False)
    aws.now += DAY

    function()

    assert own.id in aws.users["ann"].keys
    assert len(aws.users["bob"].keys) == 2


def test_a_secret_about_to_be_deleted_is_restored_while_its_user_has_a_working_key(
    aws: FakeAws, function: Function
) -> None:
    """And left to its deletion when not."""
    aws.add_key("ann", age=91, used=0)
    function()
    secret = aws.secrets[PREFIX + "ann"]
    secret.deleted = aws.now
    function()
    assert secret.deleted is None

    for key in aws.users["ann"].keys.values():
        key.active = False
    secret.deleted = aws.now
    function()
    assert secret.deleted


def test_a_policy_that_was_changed_is_set_again(aws: FakeAws, function: Function) -> None:
    """On the next run, even if there is nothing else to do."""
    aws.add_key("ann", age=91, used=0)
    function()
    aws.invariants = False
    policy = aws.secrets[PREFIX + "ann"].policy
    aws.secrets[PREFIX + "ann"].policy = None

    function()
    function()

    assert aws.secrets[PREFIX + "ann"].policy == policy
    assert aws.calls.count("secretsmanager:put_resource_policy") == 2


@pytest.mark.parametrize("value", ["", "retiring", "retiring KEY yesterday", "retiring KEY 2025-01-01T03:00:00"])
def test_an_unreadable_note_is_no_note(aws: FakeAws, function: Function, value: str) -> None:
    """The notice is sent again and the period begins anew."""
    old = aws.add_key("ann", age=91, used=0)
    function()
    tags = aws.secrets[PREFIX + "ann"].tags
    tags["KeyRotation"] = value.replace("KEY", old.id)

    function()

    assert tags["KeyRotation"] == f"retiring {old.id} 2025-01-01T03:00:00+0000"


def test_a_stored_key_counts_only_while_it_is_the_current_version(aws: FakeAws, function: Function) -> None:
    """Someone overwrote the value: the old key stays on."""
    old = aws.add_key("ann", age=91, used=0)
    function()
    for stages in aws.secrets[PREFIX + "ann"].stages.values():
        stages[:] = ["AWSPREVIOUS"]

    function.daily(10, users=lambda day: setattr(old, "used", aws.now))

    assert old.active


def test_names_with_a_comma_get_a_secret_of_their_own(aws: FakeAws, function: Function) -> None:
    """Secrets Manager allows no comma."""
    aws.add_user("smith,bob")
    aws.add_key("smith,bob", age=91, used=0)

    function()

    assert list(aws.secrets) == [PREFIX + "smith/bob"]


def test_one_users_failure_is_raised_after_the_others_were_handled(aws: FakeAws, function: Function) -> None:
    """The error names user and code, not the text."""
    aws.add_key("ann", age=91, used=0)
    aws.add_user("bob")
    aws.add_key("bob", age=91, used=0)
    aws.groups["developers"] += ["carl"]
    del aws.groups["auditors"]
    original = aws.iam_list_access_keys

    def refuse(UserName: str) -> Any:  # noqa: N803
        if UserName == "ann":
            raise client_error("AccessDenied", 403)
        return original(UserName)

    aws.iam_list_access_keys = refuse  # type: ignore[method-assign]

    with pytest.raises(RuntimeError) as caught:
        function()

    assert json.loads(str(caught.value)) == {"group auditors": "NoSuchEntity", "ann": "AccessDenied"}
    assert len(aws.users["bob"].keys) == 2
    assert caught.value.__context__ is None


def test_a_user_who_is_deleted_meanwhile_is_no_failure(aws: FakeAws, function: Function) -> None:
    """Nor is a key that is deleted meanwhile."""
    aws.add_key("ann", age=91, used=0)
    aws.iam_list_access_keys = lambda UserName: aws._user("nobody")  # type: ignore[method-assign]  # noqa: N803

    assert function()["steps"] == {}


def test_a_key_that_the_list_did_not_show_is_no_third_key(aws: FakeAws, function: Function) -> None:
    """IAM refuses it; the run fails for that user, the next one sees both keys."""
    aws.invariants = False
    aws.add_key("ann", age=91, used=0)
    hidden: FakeKey = aws.add_key("ann", age=0.01)
    original = aws.iam_list_access_keys

    def behind(UserName: str) -> Any:  # noqa: N803
        answer = original(UserName)
        answer["AccessKeyMetadata"] = [k for k in answer["AccessKeyMetadata"] if k["AccessKeyId"] != hidden.id]
        return answer

    aws.iam_list_access_keys = behind  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="LimitExceeded"):
        function()
    aws.iam_list_access_keys = original  # type: ignore[method-assign]
    aws.now += DAY

    assert function()["steps"] == {}
    assert len(aws.users["ann"].keys) == 2


def test_it_stops_before_its_time_is_up_and_says_for_whom(aws: FakeAws, function: Function) -> None:
    """The user begun is finished, the others are named in the error."""
    for name in ("bob", "carl"):
        aws.add_user(name)
    for name in ("ann", "bob", "carl"):
        aws.add_key(name, age=91, used=0)

    with pytest.raises(RuntimeError) as caught:
        function(context=Context(60_000, 59_999, 10))

    assert sorted(json.loads(str(caught.value)).values()) == ["TimeoutError", "TimeoutError"]
    assert sum(len(user.keys) for user in aws.users.values()) == 4


@pytest.mark.parametrize(("users", "capacity"), [(40, 1), (100, 7), (101, 30), (30, 15)])
def test_nobody_starves_when_no_run_gets_through(loaded: Function, users: int, capacity: int) -> None:
    """Everyone has a turn at least every 3 n / capacity days."""
    aws = FakeAws()
    aws.now += 3 * DAY
    for number in range(users):
        aws.add_user(f"user{number:03}")
    last = dict.fromkeys(aws.users, 0)
    longest = 0
    function = loaded.on(aws)
    for day in range(400):
        seen: list[str] = []
        aws.iam_list_access_keys = lambda UserName: seen.append(UserName) or {"AccessKeyMetadata": []}  # type: ignore  # noqa: B023, N803
        aws.max_items = 100
        with pytest.raises(RuntimeError):
            function(context=Context(*[900_000] * capacity, *[0] * users))
        for name in seen:
            longest = max(longest, day - last[name])
            last[name] = day
        aws.now += DAY
    longest = max(longest, *(400 - day for day in last.values()))

    assert longest <= 3 * users / capacity


def test_debug_logging_is_off_while_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """At level DEBUG botocore would log the answer of CreateAccessKey."""
    disabled: list[int] = []
    monkeypatch.setattr(logging, "disable", disabled.append)
    monkeypatch.setenv("GROUP_NAMES", "none")
    monkeypatch.setenv("USER_PATH", "/")
    monkeypatch.setattr(access_key_rotation, "client", lambda service: None)

    with pytest.raises(RuntimeError, match="AttributeError"), redirect_stdout(io.StringIO()):
        access_key_rotation.handler({}, Context())

    assert disabled == [logging.DEBUG]


def test_unset_periods_have_their_defaults(aws: FakeAws, function: Function) -> None:
    """90, 7, 7 and 45 days; an empty setting counts as unset."""
    function.module["environ"] = {"SECRET_PREFIX": PREFIX, "GRACE_DAYS": "", "UNUSED_DAYS": "30"}

    assert function.module["Owner"]("ann", "", START).days == (90, 7, 7, 30)
    assert START.tzinfo is timezone.utc


def test_what_it_calls_is_what_its_role_may(loaded: Function) -> None:
    """Every permission is used, none is missing; the KMS actions are the topic's."""
    aws = FakeAws()
    aws.add_user("ann")
    old = aws.add_key("ann", age=91, used=0)
    loaded.on(aws).daily(1)
    aws.secrets[PREFIX + "ann"].deleted = aws.now
    loaded.on(aws).daily(20, users=lambda day: old.active and setattr(old, "used", aws.now))
    called = {f"{service}:{name.title().replace('_', '')}" for service, name in (c.split(":") for c in aws.calls)}

    assert called == {action for action in permissions.ACCESS_KEY_ROTATION if not action.startswith("kms:")}
    assert set(permissions.ACCESS_KEY_ROTATION.values()) == {"group", "user", "secret", "topic", "topic-key"}


def test_what_it_prints_is_json_without_secrets(aws: FakeAws, function: Function) -> None:
    """One record a line; steps with user and key id."""
    old = aws.add_key("ann", age=91, used=0)
    function()

    lines = [json.loads(line) for line in aws.output.getvalue().splitlines()]

    assert lines[0] == {"user": "ann", "step": "replace", "key": old.id}
    assert lines[-1] == {"steps": {"ann": [f"replace {old.id}"]}, "outside": [], "users": 1, "failures": {}}
    assert not aws.leaks(aws.output.getvalue())
