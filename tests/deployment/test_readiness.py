"""A stack that is not free: waited for, picked up, or removed when it never came into being."""

from __future__ import annotations

import json
from typing import Any

import pytest
from deployment.scripted import BEGUN, MADE, READY, Scripted, client_error, event, stacks

from tap_templates.deployment import DeclinedError, StillRunningError, deploy
from tap_templates.deployment.watching import request_token
from tap_templates.errors import DeploymentError

TEMPLATE = json.dumps({"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}})
NO_CHANGES = {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}


def run(client: Scripted, **more: Any) -> Any:
    """Deploy against a scripted client."""
    return deploy(TEMPLATE, stack_name="s", client=client, **{"poll_seconds": 0.0, **more})


def test_running_operation_is_picked_up() -> None:
    """Deploying again watches what goes on already, with its events from the beginning, and finds nothing to do."""
    beginning = [event(2, "UPDATE_IN_PROGRESS", token=request_token()), event(1, "CREATE_COMPLETE")]
    done = [event(3, "UPDATE_COMPLETE", title="Jobs"), *beginning]
    client = Scripted(
        describe_stacks=stacks("UPDATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"),
        describe_stack_events=[{"StackEvents": beginning}, {"StackEvents": beginning}, {"StackEvents": done}],
        create_change_set=MADE,
        describe_change_set=[NO_CHANGES],
    )
    notes: list[str] = []
    told: list[str] = []

    deployed = run(client, on_note=notes.append, on_event=lambda e: told.append(f"{e.logical_id} {e.status}"))
    assert (deployed.status, deployed.changed) == ("UPDATE_COMPLETE", False)
    assert told == ["s UPDATE_IN_PROGRESS", "Jobs UPDATE_COMPLETE"]
    assert notes[0].startswith("stack s is busy (UPDATE_IN_PROGRESS since 12:00:02 UTC, begun by tap-templates of ")
    assert notes[0].endswith("): waiting until that has ended")


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("tap-templates-alice-on-build-7-0123456789ab", "begun by tap-templates of alice on build-7"),
        ("Console-UpdateStack-1b2c", "begun in the console"),
        ("pipeline-42", "begun by a client with the token pipeline-42"),
        ("", "begun by another client"),
    ],
)
def test_time_that_is_up_says_who_is_at_work(token: str, said: str) -> None:
    """The token of the operation tells it."""
    client = Scripted(
        describe_stacks=stacks("UPDATE_IN_PROGRESS"),
        describe_stack_events=[{"StackEvents": [event(1, "UPDATE_IN_PROGRESS", token=token)]}],
    )

    with pytest.raises(StillRunningError, match="the time is up") as raised:
        run(client, timeout_seconds=0)
    assert said in str(raised.value.found)
    assert "create_change_set" not in client.calls


def test_operation_that_fails_while_it_is_watched_is_the_answer() -> None:
    """Its first cause is told, also when it came before this command; nothing is begun on top of it."""
    events = [
        event(3, "UPDATE_ROLLBACK_IN_PROGRESS"),
        event(2, "UPDATE_FAILED", "Queue already exists", title="Jobs"),
        event(1, "UPDATE_IN_PROGRESS"),
    ]
    client = Scripted(
        describe_stacks=stacks("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"),
        describe_stack_events=[{"StackEvents": events}],
    )

    with pytest.raises(DeploymentError, match=r"Jobs \(AWS::SQS::Queue\) of stack s.*already exists") as raised:
        run(client)
    assert "the stack is now UPDATE_ROLLBACK_COMPLETE" in raised.value.remedy
    assert "create_change_set" not in client.calls


def test_somebody_who_is_faster_is_waited_for() -> None:
    """A change set that is refused because the stack has just become busy is made again later."""
    busy = client_error("ValidationError", "Stack:id is in UPDATE_IN_PROGRESS state and can not be updated.")
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE", "CREATE_COMPLETE", "UPDATE_COMPLETE"),
        create_change_set=[busy, *MADE],
        describe_change_set=[READY, BEGUN],
    )

    assert run(client).status == "UPDATE_COMPLETE"
    assert client.calls.count("create_change_set") == 2


def test_stack_that_is_being_deleted_is_created_when_it_is_gone() -> None:
    """DELETE_IN_PROGRESS, then nothing, then a new stack."""
    gone = client_error("ValidationError", "Stack with id s does not exist")
    client = Scripted(
        describe_stacks=[*stacks("DELETE_IN_PROGRESS", "DELETE_COMPLETE"), gone, *stacks("CREATE_COMPLETE")],
        create_change_set=MADE,
        describe_change_set=[READY, BEGUN],
    )

    assert run(client).status == "CREATE_COMPLETE"
    assert client.arguments["create_change_set"]["ChangeSetType"] == "CREATE"


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "DELETE_FAILED"])
def test_leftover_stays_when_the_person_says_no(status: str) -> None:
    """It is asked for with its status, and nothing is deleted."""
    client = Scripted(describe_stacks=stacks(status))
    asked: list[str] = []

    with pytest.raises(DeclinedError, match="it has to be deleted before it can be created"):
        run(client, confirm_deletion=lambda found: bool(asked.append(found)))
    assert asked == [status]
    assert "delete_stack" not in client.calls


def test_token_says_who_begins_an_operation() -> None:
    """Within what CloudFormation allows: letters, digits, hyphens, 128 at most."""
    token = request_token()

    assert token.startswith("tap-templates-")
    assert token != request_token()
    assert len(token) <= 128
    assert token.replace("-", "").isalnum()
