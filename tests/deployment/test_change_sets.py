"""Deploying against the embedded AWS: create, update, no change, failure, leftovers."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from deployment.scripted import BEGUN, MADE, NO_EVENTS, READY, Scripted, client_error, stacks

from tap_templates.deployment import DeclinedError, InterruptedWaitError, Plan, deploy
from tap_templates.deployment.change_sets import ChangeSet
from tap_templates.deployment.stacks import describe
from tap_templates.errors import DeploymentError, UsageError

QUICK = {"poll_seconds": 0.02, "timeout_seconds": 30}


def template(value: str = "one", **more: Any) -> str:
    """A small template; ``more`` are further resources."""
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Value"}}}
    return json.dumps(
        {
            "Parameters": {
                "Value": {"Type": "String", "Default": value},
                "Owner": {"Type": "String", "Description": "Who answers for it"},
            },
            "Resources": {"Parameter": parameter, **more},
            "Outputs": {
                "Name": {"Value": {"Ref": "Parameter"}},
                "Owner": {"Value": {"Ref": "Owner"}},
                "Value": {"Value": {"Fn::GetAtt": ["Parameter", "Value"]}},
            },
        }
    )


def bucket(name: str, *after: str) -> dict[str, Any]:
    """A bucket of this name, made after others."""
    return {
        "Type": "AWS::S3::Bucket",
        "Properties": {"BucketName": name},
        **({"DependsOn": list(after)} if after else {}),
    }


def test_stack_is_created_with_outputs_tags_and_events(cloudformation: Any, stack_name: str) -> None:
    """A new stack is complete, tagged, told event by event, and its outputs are flat."""
    told: list[str] = []

    deployed = deploy(
        template(),
        stack_name=stack_name,
        client=cloudformation,
        parameters={"Owner": "a"},
        tags={"Project": "tap"},
        on_event=lambda event: told.append(f"{event.logical_id} {event.status}"),
        **QUICK,
    )

    assert deployed.status == "CREATE_COMPLETE"
    assert deployed.changed
    assert deployed.outputs["Owner"] == "a"
    assert told.index("Parameter CREATE_IN_PROGRESS") < told.index("Parameter CREATE_COMPLETE")
    assert told[-1] == f"{stack_name} CREATE_COMPLETE"
    assert len(told) == len(set(told))
    assert {"Key": "Project", "Value": "tap"} in (describe(cloudformation, stack_name) or {})["Tags"]


def test_update_keeps_what_is_not_given(cloudformation: Any, stack_name: str) -> None:
    """A defaulted parameter keeps the stack's value; one without default is asked for, unless values are kept."""
    common: Any = {"stack_name": stack_name, "client": cloudformation, **QUICK}
    deploy(template(), parameters={"Owner": "a", "Value": "mine"}, **common)

    with pytest.raises(UsageError, match="Owner: no value given; Who answers for it"):
        deploy(template("two"), **common)
    more = {"More": {"Type": "AWS::SQS::Queue"}}
    told: list[str] = []
    deployed = deploy(template("two", **more), keep_values=True, on_event=lambda e: told.append(e.logical_id), **common)

    assert (deployed.status, deployed.outputs["Owner"]) == ("UPDATE_COMPLETE", "a")
    assert deployed.outputs["Value"] == "mine"
    assert "More" in told


def test_deploying_again_changes_nothing(cloudformation: Any, stack_name: str) -> None:
    """The same template again is no error, no change, and leaves no change set behind."""
    notes: list[str] = []
    common: Any = {"stack_name": stack_name, "client": cloudformation, "parameters": {"Owner": "a"}, **QUICK}
    first = deploy(template(), **common)
    again = deploy(template(), on_note=notes.append, **common)

    assert not again.changed
    assert again.outputs == first.outputs
    assert notes == [f"stack {stack_name} is up to date"]
    statuses = [s["Status"] for s in cloudformation.list_change_sets(StackName=stack_name)["Summaries"]]
    assert "FAILED" not in statuses


def test_failure_names_its_first_cause_and_the_leftover_is_replaced(cloudformation: Any, stack_name: str) -> None:
    """The resource that failed first is named, not the last event; the next deployment starts afresh and says so."""
    taken = {"First": bucket(f"{stack_name}-x"), "Second": bucket(f"{stack_name}-x", "First")}
    common: Any = {"stack_name": stack_name, "client": cloudformation, "parameters": {"Owner": "a"}, **QUICK}

    with pytest.raises(DeploymentError) as failure:
        deploy(template(**taken), **common)
    assert failure.value.where == f"Second (AWS::S3::Bucket) of stack {stack_name}"
    assert "already exists" in str(failure.value.found)
    assert "somebody else owns this name" in failure.value.remedy
    assert "ROLLBACK_COMPLETE" in failure.value.remedy

    notes: list[str] = []
    deployed = deploy(template(), on_note=notes.append, **common)
    assert deployed.status == "CREATE_COMPLETE"
    assert notes == [f"stack {stack_name} is ROLLBACK_COMPLETE: it is deleted before it is created again"]


def test_failed_update_rolls_back(cloudformation: Any, stack_name: str) -> None:
    """The stack keeps its old resources, and the error says that it rolled back."""
    common: Any = {"stack_name": stack_name, "client": cloudformation, "parameters": {"Owner": "a"}, **QUICK}
    deploy(template(First=bucket(f"{stack_name}-x")), **common)

    with pytest.raises(DeploymentError, match="UPDATE_ROLLBACK_COMPLETE"):
        deploy(template(First=bucket(f"{stack_name}-x"), Second=bucket(f"{stack_name}-x")), **common)
    assert (describe(cloudformation, stack_name) or {})["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"


def test_unexecuted_change_set_is_no_obstacle(cloudformation: Any, stack_name: str) -> None:
    """A stack that is only under review is created."""
    cloudformation.create_change_set(
        StackName=stack_name,
        ChangeSetName="forgotten",
        ChangeSetType="CREATE",
        TemplateBody=template(),
        Parameters=[{"ParameterKey": "Owner", "ParameterValue": "b"}],
    )

    deployed = deploy(template(), stack_name=stack_name, client=cloudformation, parameters={"Owner": "a"}, **QUICK)
    assert (deployed.status, deployed.outputs["Owner"]) == ("CREATE_COMPLETE", "a")


class Forbidden:
    """A client that may not be called."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called")


@pytest.mark.parametrize(
    ("body", "given", "message"),
    [
        ("{", {}, "pass the JSON text"),
        ("[]", {}, "no Resources"),
        ('{"Resources": {}}', {}, "no Resources"),
        (template(), {}, "Owner: no value given"),
        (template(), {"Owner": "a", "Valu": "b"}, r"Valu: no such parameter \(did you mean Value\?\)"),
        (template(Big={"Type": "T", "Metadata": {"Text": "x" * 52_000}}), {"Owner": "a"}, "51200"),
    ],
)
def test_wrong_input_is_refused_before_any_call(body: str, given: dict[str, str], message: str) -> None:
    """Nothing is asked of AWS when the input cannot work."""
    with pytest.raises(UsageError, match=message):
        deploy(body, stack_name="s", client=Forbidden(), parameters=given)


def test_capability_that_there_is_none_of() -> None:
    """The nearest one is named, before any call."""
    with pytest.raises(UsageError, match=r"--capability: found 'CAPABILITY_AUTOEXPAND'.*did you mean CAPABILITY_AUTO_"):
        deploy(
            template(),
            stack_name="s",
            client=Forbidden(),
            parameters={"Owner": "a"},
            capabilities=["CAPABILITY_AUTOEXPAND"],
        )


def run(client: Scripted, **more: Any) -> Any:
    """Deploy against a scripted client."""
    return deploy(template(), stack_name="s", client=client, parameters={"Owner": "a"}, **{"poll_seconds": 0.0, **more})


@pytest.mark.parametrize(
    ("status", "remedy"),
    [("UPDATE_IN_PROGRESS", "the time is up and AWS goes on"), ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback")],
)
def test_stack_that_cannot_be_updated_is_left_alone(status: str, remedy: str) -> None:
    """A stack that stays busy, or is broken, is refused with what to do, and no change set is made."""
    client = Scripted(describe_stacks=stacks(status))

    with pytest.raises(DeploymentError, match=remedy):
        run(client, timeout_seconds=0.02)
    assert "create_change_set" not in client.calls


def test_waits_for_change_set_and_execution() -> None:
    """A change set that is still computed, and an execution that has not begun, are waited for."""
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"),
        create_change_set=MADE,
        describe_change_set=[{"Status": "CREATE_IN_PROGRESS"}, READY, READY, BEGUN],
        describe_stack_events=NO_EVENTS,
    )

    assert run(client).status == "UPDATE_COMPLETE"
    assert client.calls.count("describe_change_set") == 4


def test_failed_change_set_says_why() -> None:
    """CloudFormation's reason is passed on, and the failed change set removed."""
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE"),
        create_change_set=MADE,
        describe_change_set=[{"Status": "FAILED", "StatusReason": "Requires capabilities : [X]"}],
    )

    with pytest.raises(DeploymentError, match=r"Requires capabilities.*acknowledge the capability"):
        run(client)
    assert client.calls[-1] == "delete_change_set"


def test_change_set_that_takes_too_long() -> None:
    """The time budget ends the wait for the change set."""
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE"),
        create_change_set=MADE,
        describe_change_set=[{"Status": "CREATE_IN_PROGRESS"}],
    )

    with pytest.raises(DeploymentError, match="time is up"):
        run(client, timeout_seconds=0)


def test_execution_that_takes_too_long_goes_on() -> None:
    """The time budget ends the wait, and the error says that AWS goes on."""
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE", "UPDATE_IN_PROGRESS"),
        create_change_set=MADE,
        describe_change_set=[READY],
        describe_stack_events=NO_EVENTS,
    )

    with pytest.raises(DeploymentError, match="AWS goes on"):
        run(client, timeout_seconds=0.05)


def test_failure_without_events_gives_the_stack_s_reason() -> None:
    """When no event tells a cause, the stack's own reason is given."""
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"),
        create_change_set=MADE,
        describe_change_set=[READY, BEGUN],
        describe_stack_events=NO_EVENTS,
    )

    with pytest.raises(DeploymentError, match="UPDATE_ROLLBACK_COMPLETE: because"):
        run(client)


def test_change_set_that_is_gone_has_been_executed() -> None:
    """A change set that vanishes on execution is no failure."""
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE", "UPDATE_COMPLETE"),
        create_change_set=MADE,
        describe_change_set=[READY, client_error("ChangeSetNotFound")],
        describe_stack_events=NO_EVENTS,
    )

    assert run(client).status == "UPDATE_COMPLETE"


def test_other_errors_while_execution_begins_are_passed_on() -> None:
    """Anything else is said."""
    client = Scripted(describe_change_set=[client_error("AccessDenied")])

    with pytest.raises(DeploymentError, match="AccessDenied"):
        ChangeSet(client, "s", "cs", "id", True, True, 1e12, 0.0).execute("token")


def test_change_set_that_another_one_overtook() -> None:
    """When the stack has changed meanwhile, nothing is executed, and deploying again is the remedy."""
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE"),
        create_change_set=MADE,
        describe_change_set=[READY],
        execute_change_set=[client_error("InvalidChangeSetStatus", "is in [OBSOLETE] status")],
    )

    with pytest.raises(DeploymentError, match="has changed meanwhile: deploy again"):
        run(client)


def test_change_set_of_many_pages_is_read_to_its_end() -> None:
    """Changes of all pages are shown to whoever confirms."""
    page = {"Changes": [{"ResourceChange": {"Action": "Add", "LogicalResourceId": "A", "ResourceType": "T"}}]}
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE", "UPDATE_COMPLETE"),
        create_change_set=MADE,
        describe_change_set=[{**READY, **page, "NextToken": "n"}, page, BEGUN],
        describe_stack_events=NO_EVENTS,
    )
    seen: list[int] = []

    run(client, confirm=lambda plan: not seen.append(len(plan.changes)))
    assert seen == [2]


def test_declined_change_set_is_taken_back() -> None:
    """No means: nothing executed, the change set gone, the stack as it was."""
    client = Scripted(describe_stacks=stacks("CREATE_COMPLETE"), create_change_set=MADE, describe_change_set=[READY])

    with pytest.raises(DeclinedError, match="nothing was changed"):
        run(client, confirm=lambda plan: False)
    assert "execute_change_set" not in client.calls
    assert client.calls[-1] == "delete_change_set"


@pytest.mark.parametrize("answer", ["no", KeyboardInterrupt()])
def test_new_stack_that_is_declined_leaves_nothing(cloudformation: Any, stack_name: str, answer: Any) -> None:
    """The stack that came into being for its change set goes with it; after Ctrl-C too."""

    def confirm(plan: Plan) -> bool:
        if isinstance(answer, BaseException):
            raise answer
        return False

    with pytest.raises((DeclinedError, KeyboardInterrupt)):
        deploy(
            template(),
            stack_name=stack_name,
            client=cloudformation,
            parameters={"Owner": "a"},
            confirm=confirm,
            **QUICK,
        )
    deadline = time.monotonic() + 5
    while describe(cloudformation, stack_name) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert describe(cloudformation, stack_name) is None


def test_interrupted_wait_says_that_aws_goes_on() -> None:
    """Ctrl-C after the execution: the operation is not lost, and the exit code is that of an interrupt."""
    client = Scripted(
        describe_stacks=[*stacks("CREATE_COMPLETE"), KeyboardInterrupt()],
        create_change_set=MADE,
        describe_change_set=[READY, BEGUN],
        describe_stack_events=NO_EVENTS,
    )

    with pytest.raises(InterruptedWaitError, match="AWS goes on with the operation, and nothing is lost") as raised:
        run(client)
    assert raised.value.exit_code == 130


def test_tags_join_those_of_the_stack() -> None:
    """What the stack was tagged with elsewhere stays."""
    answer = stacks("CREATE_COMPLETE")
    answer[0]["Stacks"][0]["Tags"] = [{"Key": "Owner", "Value": "old"}, {"Key": "Mine", "Value": "kept"}]
    client = Scripted(
        describe_stacks=answer,
        create_change_set=MADE,
        describe_change_set=[{"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}],
    )

    assert not run(client, tags={"Owner": "new"}).changed
    assert client.arguments["create_change_set"]["Tags"] == [
        {"Key": "Mine", "Value": "kept"},
        {"Key": "Owner", "Value": "new"},
    ]


@pytest.mark.parametrize(
    ("body", "loses"),
    [
        ({"Resources": {"R": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"}}}, "nothing, but it stays behind"),
        ('{"Resources": {"R": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"}}}', "nothing, but it stays"),
        ("Resources: {R: {Type: AWS::SQS::Queue, DeletionPolicy: Retain}}", "nothing, but it stays behind"),
        ("{", "messages that nobody has received yet"),
        ("[]", "messages that nobody has received yet"),
    ],
    ids=["data", "JSON", "YAML", "broken", "no mapping"],
)
def test_loss_follows_from_the_template_that_the_stack_has(body: Any, loses: str) -> None:
    """However it is stored; one that cannot be read is no obstacle, and the worst is assumed."""
    removed = {"Action": "Remove", "LogicalResourceId": "R", "ResourceType": "AWS::SQS::Queue"}
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE"),
        create_change_set=MADE,
        describe_change_set=[{**READY, "Changes": [{"ResourceChange": removed}]}],
        get_template=[{"TemplateBody": body}],
    )
    plans: list[Plan] = []

    with pytest.raises(DeclinedError):
        run(client, confirm=lambda plan: bool(plans.append(plan)))
    assert plans[0].changes[0].loses.startswith(loses)


def test_refusal_to_execute_is_passed_on() -> None:
    """With AWS's reason; the change set is still there for whoever may execute it."""
    client = Scripted(
        describe_stacks=stacks("CREATE_COMPLETE"),
        create_change_set=MADE,
        describe_change_set=[READY],
        execute_change_set=[client_error("AccessDenied", "no")],
    )

    with pytest.raises(DeploymentError, match="AccessDenied: no'; ask for the permission"):
        run(client)
