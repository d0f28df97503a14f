"""A wait that ends before the operation does: Ctrl-C, the time budget, and who began it."""

from __future__ import annotations

import getpass
import json
from typing import Any

import pytest
from deployment.scripted import BEGUN, MADE, READY, Scripted, client_error, event, stacks

from tap_templates.deployment import InterruptedWaitError, Protection, StillRunningError, delete, deploy
from tap_templates.deployment.protection import stack_policy
from tap_templates.deployment.watching import request_token

TEMPLATE = json.dumps({"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}})


def run(client: Scripted, **more: Any) -> Any:
    """Deploy against a scripted client."""
    return deploy(TEMPLATE, stack_name="s", client=client, **{"poll_seconds": 0.0, **more})


@pytest.mark.parametrize(
    "interrupted",
    [
        {"describe_stacks": [*stacks("CREATE_COMPLETE", "UPDATE_IN_PROGRESS"), KeyboardInterrupt()]},
        {"describe_stacks": stacks("CREATE_COMPLETE"), "execute_change_set": [KeyboardInterrupt()]},
        {"describe_stacks": [*stacks("UPDATE_IN_PROGRESS"), KeyboardInterrupt()]},
    ],
    ids=["while it runs", "while it begins", "while another one runs"],
)
def test_interrupted_deployment_goes_on_and_is_said_to(interrupted: dict[str, list[Any]]) -> None:
    """Ctrl-C ends the wait alone: exit code 130, and how to pick it up again; nothing is taken back."""
    client = Scripted(create_change_set=MADE, describe_change_set=[READY, BEGUN], **interrupted)

    with pytest.raises(InterruptedWaitError, match="nothing is lost: run the command again") as raised:
        run(client)
    assert raised.value.exit_code == 130
    assert "delete_change_set" not in client.calls
    assert "cancel_update_stack" not in client.calls


def test_ctrl_c_before_anything_began_takes_the_change_set_back() -> None:
    """It is no operation that goes on: the interruption is passed on as it is."""
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE"), create_change_set=MADE, describe_change_set=[KeyboardInterrupt()]
    )

    with pytest.raises(KeyboardInterrupt):
        run(client)
    assert client.calls[-1] == "delete_change_set"
    assert "execute_change_set" not in client.calls


def test_change_set_of_a_stack_that_came_for_it_goes_with_it() -> None:
    """Also when AWS refuses the clean-up: the interruption is what is told."""
    client = Scripted(
        describe_stacks=[client_error("ValidationError", "Stack with id s does not exist")],
        create_change_set=MADE,
        describe_change_set=[KeyboardInterrupt()],
        delete_stack=[client_error("AccessDenied")],
    )

    with pytest.raises(KeyboardInterrupt):
        run(client)
    assert client.calls[-2:] == ["delete_change_set", "delete_stack"]


def test_interrupted_update_leaves_the_opened_policy_to_the_next_deployment() -> None:
    """The update that goes on still needs it; the deployment that picks it up closes it."""
    opened = {"StackPolicyBody": json.dumps(stack_policy(["Jobs"]))}
    client = Scripted(
        describe_stacks=[*stacks("CREATE_COMPLETE"), KeyboardInterrupt()],
        create_change_set=MADE,
        describe_change_set=[READY, BEGUN],
        get_stack_policy=[opened],
    )

    with pytest.raises(InterruptedWaitError):
        run(client, protection=Protection(data=True, replaceable=frozenset({"Jobs"})))
    assert client.calls.count("set_stack_policy") == 1
    assert json.loads(client.arguments["set_stack_policy"]["StackPolicyBody"]) == stack_policy([])


@pytest.mark.parametrize(
    "interrupted",
    [
        {"describe_stacks": [*stacks("CREATE_COMPLETE", "DELETE_IN_PROGRESS"), KeyboardInterrupt()]},
        {"describe_stacks": stacks("CREATE_COMPLETE"), "delete_stack": [KeyboardInterrupt()]},
    ],
    ids=["while it runs", "while it begins"],
)
def test_interrupted_deletion_goes_on_and_is_said_to(interrupted: dict[str, list[Any]]) -> None:
    """The same for a deletion."""
    with pytest.raises(InterruptedWaitError, match="AWS goes on with the operation"):
        delete("s", client=Scripted(**interrupted), poll_seconds=0.0)


def test_deletion_that_takes_too_long_goes_on() -> None:
    """The time budget ends the wait; it is not a failure of the deletion."""
    client = Scripted(describe_stacks=stacks("CREATE_COMPLETE", "DELETE_IN_PROGRESS"))

    with pytest.raises(StillRunningError, match="the time is up and AWS goes on"):
        delete("s", client=client, poll_seconds=0.0, timeout_seconds=0.05)


def test_deletion_that_runs_already_is_watched_from_its_beginning() -> None:
    """Nothing is asked for a second time; its events are told, those of the stack's past are not."""
    events = [
        event(3, "DELETE_COMPLETE", title="Jobs"),
        event(2, "DELETE_IN_PROGRESS"),
        event(1, "CREATE_COMPLETE"),
    ]
    gone = client_error("ValidationError", "Stack with id s does not exist")
    client = Scripted(
        describe_stacks=[*stacks("DELETE_IN_PROGRESS"), gone], describe_stack_events=[{"StackEvents": events}]
    )
    told: list[str] = []

    assert delete("s", client=client, poll_seconds=0.0, on_event=lambda each: told.append(each.status))
    assert told == ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]
    assert "delete_stack" not in client.calls


def test_stack_at_work_is_deleted_when_that_has_ended() -> None:
    """Whose work it is, is said; then the deletion begins."""
    token = "tap-templates-alice-on-build-7-0123456789ab"
    client = Scripted(
        describe_stacks=stacks("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"),
        describe_stack_events=[{"StackEvents": [event(1, "UPDATE_IN_PROGRESS", token=token)]}],
    )
    notes: list[str] = []

    assert delete("s", client=client, poll_seconds=0.0, on_note=notes.append)
    assert notes == [
        "stack s is busy (UPDATE_IN_PROGRESS since 12:00:01 UTC, begun by tap-templates of alice on build-7): "
        "waiting until that has ended"
    ]
    assert "delete_stack" in client.calls


def test_operation_whose_beginning_nobody_tells() -> None:
    """Its status alone is said."""
    client = Scripted(describe_stacks=stacks("UPDATE_IN_PROGRESS"), describe_stack_events=[{"StackEvents": []}])

    with pytest.raises(StillRunningError) as raised:
        run(client, timeout_seconds=0)
    assert raised.value.found == "UPDATE_IN_PROGRESS"


def test_user_that_the_system_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container's bare user id has no name: the token is made all the same."""

    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert request_token().startswith("tap-templates-unknown-on-")
