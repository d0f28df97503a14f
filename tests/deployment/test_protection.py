"""Data and stacks are protected: by a stack policy, before an update begins, and from deletion."""

from __future__ import annotations

import json
from typing import Any

import pytest
from deployment.scripted import BEGUN, MADE, READY, Scripted, client_error, stacks

from tap_templates.deployment import Protection, deploy
from tap_templates.deployment.protection import protected_by, protected_titles, stack_policy
from tap_templates.deployment.stacks import describe
from tap_templates.errors import DeploymentError, UsageError

QUICK: dict[str, Any] = {"poll_seconds": 0.02, "timeout_seconds": 30}
GUARDED = Protection(data=True)
ALLOW = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}


def template(name: str, *more: str) -> str:
    """A bucket of this name beside a topic, and further queues."""
    resources = {
        "Documents": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}},
        "News": {"Type": "AWS::SNS::Topic"},
        **{title: {"Type": "AWS::SQS::Queue"} for title in more},
    }
    return json.dumps({"Resources": resources})


def policy_of(client: Any, stack_name: str) -> Any:
    """The stack's policy; None when it has none."""
    body = client.get_stack_policy(StackName=stack_name).get("StackPolicyBody")
    return json.loads(body) if body else None


def test_policy_denies_replacement_and_removal_of_what_holds_data() -> None:
    """Everything else may be updated, and these in place."""
    assert stack_policy(["B", "A"]) == {
        "Statement": [
            ALLOW,
            {
                "Effect": "Deny",
                "Action": ["Update:Replace", "Update:Delete"],
                "Principal": "*",
                "Resource": ["LogicalResourceId/A", "LogicalResourceId/B"],
            },
        ]
    }
    assert protected_titles(json.loads(template("b", "Jobs"))) == ["Documents", "Jobs"]


@pytest.mark.parametrize(
    "policy", [None, {}, {"Statement": []}, {"Statement": [ALLOW, {**ALLOW, "Effect": "Deny"}]}, {"Statement": [{}]}]
)
def test_policies_of_others_are_told_from_ours(policy: Any) -> None:
    """Only one of exactly our form is ours to change."""
    assert protected_by(policy) is None
    assert protected_by(stack_policy(["A"])) == {"A"}
    assert protected_by(stack_policy([])) == set()


def test_deployed_stack_has_its_policy(cloudformation: Any, stack_name: str) -> None:
    """Set once the stack is there, and again when the template holds more; also without any change."""
    common: dict[str, Any] = {"stack_name": stack_name, "client": cloudformation, **QUICK}
    deploy(template(f"{stack_name}-a"), **common)
    assert policy_of(cloudformation, stack_name) is None

    deploy(template(f"{stack_name}-a"), protection=GUARDED, **common)
    assert policy_of(cloudformation, stack_name) == stack_policy(["Documents"])

    deploy(template(f"{stack_name}-a", "Jobs"), protection=GUARDED, **common)
    assert policy_of(cloudformation, stack_name) == stack_policy(["Documents", "Jobs"])


def test_data_is_not_replaced_unless_it_is_said(cloudformation: Any, stack_name: str) -> None:
    """Refused before the update begins; with the resource named it goes through, and the policy is closed again."""
    common: dict[str, Any] = {"stack_name": stack_name, "client": cloudformation, **QUICK}
    deploy(template(f"{stack_name}-a", "Jobs"), protection=GUARDED, **common)

    with pytest.raises(DeploymentError) as refused:
        deploy(template(f"{stack_name}-b"), protection=GUARDED, **common)
    assert str(refused.value.found) == (
        "Documents (AWS::S3::Bucket) would be replaced for BucketName, lost: objects; the new one is empty; "
        "Jobs (AWS::SQS::Queue) would be removed, lost: messages that nobody has received yet"
    )
    assert refused.value.remedy == (
        "nothing was changed; to permit it: --allow-replacement Documents --allow-replacement Jobs"
    )
    assert (describe(cloudformation, stack_name) or {})["StackStatus"] == "CREATE_COMPLETE"

    allowed = Protection(data=True, replaceable=frozenset({"Documents", "Jobs"}))
    deployed = deploy(template(f"{stack_name}-b"), protection=allowed, **common)
    assert deployed.status == "UPDATE_COMPLETE"
    assert policy_of(cloudformation, stack_name) == stack_policy(["Documents"])


def test_unknown_name_of_what_may_be_replaced(cloudformation: Any, stack_name: str) -> None:
    """A misspelt logical id is said, with the nearest one."""
    misspelt = Protection(data=True, replaceable=frozenset({"Document"}))

    with pytest.raises(UsageError, match=r"--allow-replacement: found 'Document'.*did you mean Documents\?"):
        deploy(template(f"{stack_name}-a"), stack_name=stack_name, client=cloudformation, protection=misspelt, **QUICK)


def updating(**answers: list[Any]) -> Scripted:
    """A stack that is updated; further answers are of the test."""
    return Scripted(
        **{
            "describe_stacks": stacks("CREATE_COMPLETE", "UPDATE_COMPLETE"),
            "create_change_set": MADE,
            "describe_change_set": [READY, BEGUN],
            **answers,
        }
    )


REPLACEABLE = Protection(data=True, replaceable=frozenset({"Documents"}))


def run(client: Scripted, protection: Protection = REPLACEABLE) -> Any:
    """Deploy against a scripted client."""
    return deploy(template("b"), stack_name="s", client=client, protection=protection, poll_seconds=0.0)


def test_policy_of_others_stays(caplog: pytest.LogCaptureFixture) -> None:
    """It is not opened and not replaced; whoever deploys is told."""
    theirs = {"StackPolicyBody": json.dumps({"Statement": [{**ALLOW, "Effect": "Deny"}]})}
    client, notes = updating(get_stack_policy=[theirs]), []

    deploy(
        template("b"),
        stack_name="s",
        client=client,
        protection=REPLACEABLE,
        poll_seconds=0.0,
        on_note=notes.append,
    )
    assert "set_stack_policy" not in client.calls
    assert notes == ["the stack has a policy that was not made here: it stays as it is"]


def test_failed_update_closes_the_policy_again() -> None:
    """What was opened for this update alone is as it was."""
    ours = {"StackPolicyBody": json.dumps(stack_policy(["Documents"]))}
    client = updating(describe_stacks=stacks("CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"), get_stack_policy=[ours])

    with pytest.raises(DeploymentError, match="UPDATE_ROLLBACK_COMPLETE"):
        run(client)
    assert client.calls.count("set_stack_policy") == 2
    assert json.loads(client.arguments["set_stack_policy"]["StackPolicyBody"]) == stack_policy(["Documents"])


def test_policy_that_may_not_be_set_is_told_and_no_failure() -> None:
    """What was asked for is deployed all the same."""
    client, notes = updating(set_stack_policy=[client_error("AccessDenied", "no")]), []

    deployed = deploy(
        template("b"), stack_name="s", client=client, protection=GUARDED, poll_seconds=0.0, on_note=notes.append
    )
    assert deployed.status == "UPDATE_COMPLETE"
    assert "the stack policy could not be set" in notes[0]
    assert "ask for the permission" in notes[0]


@pytest.mark.parametrize("wanted", [True, False])
def test_termination_protection_is_set_as_asked(cloudformation: Any, stack_name: str, wanted: bool) -> None:
    """On and off, also when nothing else changes; left alone unless asked."""
    common: dict[str, Any] = {"stack_name": stack_name, "client": cloudformation, **QUICK}
    deploy(template(f"{stack_name}-a"), **common)
    cloudformation.update_termination_protection(StackName=stack_name, EnableTerminationProtection=not wanted)

    deploy(template(f"{stack_name}-a"), **common)
    assert (describe(cloudformation, stack_name) or {})["EnableTerminationProtection"] is not wanted

    deploy(template(f"{stack_name}-a"), protection=Protection(termination=wanted), **common)
    assert (describe(cloudformation, stack_name) or {})["EnableTerminationProtection"] is wanted
    cloudformation.update_termination_protection(StackName=stack_name, EnableTerminationProtection=False)
