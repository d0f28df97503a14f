"""Rolling out to many accounts and regions of one embedded AWS, stack by stack."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from deployment.rollouts.conftest import EU, HOME, SECOND, TEMPLATE, THIRD, US, Heard, body, request

from tap_templates.deployment.rollouts import (
    ClientsOf,
    Direct,
    Preferences,
    Share,
    apply,
    delete,
    drift,
    plan_for,
    rollout_outputs,
    status,
    targets,
)
from tap_templates.deployment.rollouts.steps import Rollout
from tap_templates.errors import UsageError

ALL_AT_ONCE = Preferences(Share(100, percent=True), Share(100, percent=True), parallel_regions=True)
FOURTH = "888899990000"


@pytest.fixture
def direct(roots: ClientsOf, heard: Heard) -> Direct:
    """Distribution from the home account."""
    return Direct(roots(HOME, US), heard.watch(poll_seconds=0.02), clients_of=roots)


@pytest.fixture
def name(direct: Direct, heard: Heard) -> Iterator[str]:
    """A set that is not there; taken away at the end."""
    name = f"r{uuid.uuid4().hex[:10]}"
    yield name
    if direct.find(name):
        delete(name, direct, heard.watch(), preferences=ALL_AT_ONCE)


@pytest.fixture
def roll_out(direct: Direct, name: str, heard: Heard) -> Callable[..., Rollout]:
    """Rolls the queue out, as ``request`` says it."""

    def rolled_out(*arguments: Any, **more: Any) -> Rollout:
        asked = request(*arguments, name=name, **more)
        return apply(plan_for(asked, direct), direct, heard.watch())

    return rolled_out


def take_the_name(roots: ClientsOf, account: str, region: str) -> Callable[[], Any]:
    """Somebody else owns the bucket that ``with_bucket`` wants there; returns what removes it."""
    s3, name = roots(FOURTH, US)("s3"), f"jobs-{account}-{region}"
    s3.create_bucket(Bucket=name)
    return lambda: s3.delete_bucket(Bucket=name)


def with_bucket() -> str:
    """The queue with a bucket whose name may be taken."""
    named = {"BucketName": {"Fn::Sub": "jobs-${AWS::AccountId}-${AWS::Region}"}}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": named}
    return json.dumps({**TEMPLATE, "Resources": {**TEMPLATE["Resources"], "Bucket": bucket}})


def test_every_account_and_region_gets_a_stack_of_its_own(
    roll_out: Callable[..., Rollout], direct: Direct, name: str, roots: ClientsOf, heard: Heard
) -> None:
    """Told in order, all current, outputs from each; and the same again does nothing."""
    accounts = [HOME, SECOND, THIRD]

    rollout = roll_out(accounts)

    assert rollout.succeeded
    assert [(r.region, r.account) for r in heard.results] == [(region, a) for region in (EU, US) for a in accounts]
    outputs = rollout_outputs(name, rollout.instances, roots)
    assert len(outputs) == 6
    assert outputs[f"JobsArn_{THIRD}_eu_west_1"] == f"arn:aws:sqs:eu-west-1:{THIRD}:jobs"
    assert plan_for(request(accounts, name=name), direct).is_empty
    assert status(name, direct).current


def test_what_is_missing_is_added_and_what_is_behind_is_updated(
    roll_out: Callable[..., Rollout], direct: Direct, name: str
) -> None:
    """A change goes where it is named first; the rest is out of date until it is named, too."""
    roll_out([HOME, SECOND], [EU])
    first = roll_out([HOME], [EU], text=body(DelaySeconds=5))

    assert first.succeeded
    assert [(i.account, i.status) for i in first.instances] == [(HOME, "CURRENT"), (SECOND, "OUTDATED")]

    plan = plan_for(request([HOME, SECOND, THIRD], [EU], name=name, text=body(DelaySeconds=5)), direct)
    assert (plan.changed, plan.update, plan.create) == (False, ((SECOND, EU),), ((THIRD, EU),))
    rest = roll_out([HOME, SECOND, THIRD], [EU], text=body(DelaySeconds=5))
    assert [i.status for i in rest.instances] == ["CURRENT"] * 3
    assert [operation.action for operation in rest.operations] == ["UPDATE", "CREATE"]


def failing_in(account: str) -> str:
    """The queue with two parameters whose names are the same in one account."""

    def parameter(name: Any, *after: str) -> dict[str, Any]:
        properties = {"Type": "String", "Value": "a", "Name": name}
        return {"Type": "AWS::SSM::Parameter", "Properties": properties, "DependsOn": list(after)}

    first, second = parameter({"Fn::Sub": "jobs-${AWS::AccountId}"}), parameter(f"jobs-{account}", "First")
    return json.dumps({**TEMPLATE, "Resources": {**TEMPLATE["Resources"], "First": first, "Second": second}})


def test_a_failure_that_is_not_borne_stops_the_rollout(
    roll_out: Callable[..., Rollout], direct: Direct, name: str
) -> None:
    """The account that fails is named with its first cause; later ones and later regions are not tried."""
    rollout = roll_out([HOME, SECOND, THIRD], [US, EU], text=failing_in(SECOND))

    assert not rollout.succeeded
    [operation] = rollout.operations
    outcomes = {(r.account, r.region): (r.status, r.cause) for r in operation.results}
    assert outcomes[HOME, US] == ("SUCCEEDED", "")
    assert outcomes[SECOND, US][0] == "FAILED"
    assert outcomes[SECOND, US][1].startswith("Second (AWS::SSM::Parameter): CREATE_FAILED: ")
    not_tried = ("CANCELLED", "Cancelled since failure tolerance has exceeded")
    assert {outcomes[place] for place in [(THIRD, US), (HOME, EU), (SECOND, EU), (THIRD, EU)]} == {not_tried}
    assert {i.status for i in direct.instances(name) if (i.account, i.region) != (HOME, US)} == {"OUTDATED"}


def test_a_failure_that_is_borne_is_tried_again_next_time(roll_out: Callable[..., Rollout], roots: ClientsOf) -> None:
    """The others go on; the rollout has not succeeded; the next one adds what is missing and nothing else."""
    free = take_the_name(roots, SECOND, EU)
    try:
        borne = roll_out([HOME, SECOND, THIRD], [EU], text=with_bucket(), preferences=ALL_AT_ONCE)
    finally:
        free()
    assert borne.operations[0].succeeded
    assert not borne.succeeded
    assert [(i.account, i.status) for i in borne.instances] == [
        (HOME, "CURRENT"), (SECOND, "OUTDATED"), (THIRD, "CURRENT"),
    ]  # fmt: skip

    again = roll_out([HOME, SECOND, THIRD], [EU], text=with_bucket(), preferences=ALL_AT_ONCE)
    assert again.succeeded
    assert [(r.account, r.region) for operation in again.operations for r in operation.results] == [(SECOND, EU)]


def test_drift_is_found_in_the_account_it_is_in(
    roll_out: Callable[..., Rollout], direct: Direct, name: str, roots: ClientsOf
) -> None:
    """A queue that was changed by hand is named with account, region and both values."""
    roll_out([HOME, SECOND], [EU], text=body(DelaySeconds=5))
    queues = roots(SECOND, EU)("sqs")
    queues.set_queue_attributes(
        QueueUrl=queues.get_queue_url(QueueName="jobs")["QueueUrl"], Attributes={"DelaySeconds": "9"}
    )

    found, drifted = drift(name, direct)

    assert [(i.account, i.drift) for i in found.instances] == [(HOME, "IN_SYNC"), (SECOND, "DRIFTED")]
    assert [(d.account, d.region, d.logical_id, d.status, d.differences) for d in drifted] == [
        (SECOND, EU, "Jobs", "MODIFIED", ("DelaySeconds: expected 5, found 9",))
    ]


def test_drift_that_cannot_be_found_out_is_a_failure(
    roll_out: Callable[..., Rollout], direct: Direct, name: str, roots: ClientsOf
) -> None:
    """A stack that somebody deleted is named; the others are compared; one that never was is left out."""
    roll_out([HOME, SECOND], [EU])
    direct._record.save_instance(
        name, {"account": THIRD, "region": EU, "status": "OUTDATED", "stack_id": "", "revision": "", "reason": ""}
    )
    roots(SECOND, EU)("cloudformation").delete_stack(StackName=f"StackSet-{name}")

    found, _ = drift(name, direct)

    assert [(r.account, r.status) for r in found.operations[0].results] == [(HOME, "SUCCEEDED"), (SECOND, "FAILED")]
    assert not found.succeeded


def test_deleting_takes_the_stacks_away_and_retaining_leaves_them(
    roll_out: Callable[..., Rollout], direct: Direct, name: str, roots: ClientsOf, heard: Heard
) -> None:
    """One account's stack goes, another's is only forgotten; the set goes with its last instance."""
    roll_out([HOME, SECOND, THIRD], [EU])

    left = delete(name, direct, heard.watch(), owners=[THIRD])
    assert [i.account for i in left.instances] == [HOME, SECOND]
    assert not roots(THIRD, EU)("sqs").list_queues().get("QueueUrls")

    delete(name, direct, heard.watch(), owners=[SECOND], retain=True)
    kept = roots(SECOND, EU)("cloudformation")
    assert kept.describe_stacks(StackName=f"StackSet-{name}")["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    kept.delete_stack(StackName=f"StackSet-{name}")

    delete(name, direct, heard.watch())
    assert direct.find(name) is None
    assert direct.instances(name) == ()


def test_a_stack_that_cannot_be_deleted_is_inoperable(
    roll_out: Callable[..., Rollout], direct: Direct, name: str, roots: ClientsOf, heard: Heard
) -> None:
    """It stays in the set with its reason; a rollout skips it and says how to take it out."""
    roll_out([HOME], [EU])
    cloudformation = roots(HOME, EU)("cloudformation")
    protect = {"StackName": f"StackSet-{name}", "EnableTerminationProtection": True}
    cloudformation.update_termination_protection(**protect)

    failed = delete(name, direct, heard.watch())

    assert not failed.succeeded
    assert [(i.status, i.cause) for i in failed.instances] == [
        ("INOPERABLE", f"stack StackSet-{name}: termination protection")
    ]
    plan = plan_for(request([HOME, SECOND], [EU], name=name), direct)
    assert plan.create == ((SECOND, EU),)
    assert plan.sentences()[-1] == (
        f"skip 1 inoperable instance: {HOME}/{EU}; `rollout delete {name} --retain-stacks` takes it out"
    )
    cloudformation.update_termination_protection(**{**protect, "EnableTerminationProtection": False})


def test_units_are_refused_where_there_is_no_organization(direct: Direct, name: str, heard: Heard) -> None:
    """With the option that works instead; nothing is remembered."""
    asked = request(name=name, targets=targets(ous=["ou-ab12-cdef3456"], regions=[EU]))

    with pytest.raises(UsageError, match="--ous: found 'an embedded AWS, which has no organization'; use --accounts"):
        apply(plan_for(asked, direct), direct, heard.watch())
    assert direct.find(name) is None


def test_a_record_in_another_region_is_made_there(roots: ClientsOf, heard: Heard) -> None:
    """A set belongs to the account and region it was made in, as with stack sets."""
    there = Direct(roots(FOURTH, EU), heard.watch(poll_seconds=0.02), clients_of=roots)
    asked = request([FOURTH], [EU], name="elsewhere")

    assert there.find("elsewhere") is None
    assert apply(plan_for(asked, there), there, heard.watch()).succeeded
    assert Direct(roots(FOURTH, US), heard.watch(), clients_of=roots).find("elsewhere") is None
    assert there.last_operation("elsewhere", wait=True) is None
    delete("elsewhere", there, heard.watch())


@pytest.mark.slow
def test_many_accounts_and_regions(roll_out: Callable[..., Rollout], name: str, roots: ClientsOf) -> None:
    """Twelve accounts in five regions, as fast as the machine allows: sixty stacks with outputs of their own."""
    accounts = [f"{at:012}" for at in range(1, 13)]
    regions = [EU, US, "ap-south-1", "sa-east-1", "eu-north-1"]

    rollout = roll_out(accounts, regions, preferences=ALL_AT_ONCE)

    assert rollout.succeeded
    assert len(rollout_outputs(name, rollout.instances, roots)) == 60
