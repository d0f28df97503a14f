"""Rolling out by stack sets, as moto has them: real stacks in every account; an update reaches none of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from deployment.rollouts.conftest import EU, HOME, SECOND, TEMPLATE, THIRD, US, Heard, body, request

from tap_templates.deployment import Clients
from tap_templates.deployment.rollouts import (
    Request,
    StackSets,
    apply,
    assumed_roles,
    delete,
    plan_for,
    rollout_outputs,
    status,
    targets,
)
from tap_templates.deployment.rollouts.steps import Rollout
from tap_templates.errors import DeploymentError, UsageError

ClientsIn = Callable[[str | None], Clients]
OU = "ou-ab12-cdef3456"


def rolled_out(stack_sets: StackSets, heard: Heard, asked: Request | None = None) -> Rollout:
    """What a request comes to."""
    return apply(plan_for(asked or request(), stack_sets), stack_sets, heard.watch())


def test_a_new_set_has_a_stack_in_every_account_and_region(stack_sets: StackSets, heard: Heard) -> None:
    """Four instances, each told once, all current; roles and capabilities as they must be."""
    rollout = rolled_out(stack_sets, heard)

    assert rollout.succeeded
    assert [(i.account, i.region, i.status) for i in rollout.instances] == [
        (HOME, EU, "CURRENT"), (HOME, US, "CURRENT"), (SECOND, EU, "CURRENT"), (SECOND, US, "CURRENT"),
    ]  # fmt: skip
    assert sorted((r.account, r.region, r.status) for r in heard.results) == sorted(
        (account, region, "SUCCEEDED") for account in (HOME, SECOND) for region in (EU, US)
    )
    found = stack_sets.find("jobs")
    assert found is not None
    assert (found.permission_model, found.parameters) == ("SELF_MANAGED", {"Owner": "me"})
    assert found.execution_role == "AWSCloudFormationStackSetExecutionRole"


def test_the_same_again_does_nothing(stack_sets: StackSets, heard: Heard) -> None:
    """The plan is empty, and so is what it comes to."""
    rolled_out(stack_sets, heard)
    plan = plan_for(request(), stack_sets)

    assert plan.is_empty
    assert plan.sentences() == ()
    assert apply(plan, stack_sets, heard.watch()).operations == ()


def test_only_what_is_missing_is_added(stack_sets: StackSets, heard: Heard) -> None:
    """A third account gets its two stacks, the others are left alone."""
    rolled_out(stack_sets, heard)
    plan = plan_for(request([HOME, SECOND, THIRD]), stack_sets)

    assert plan.sentences() == (f"create 2 instances: {THIRD}/{EU}, {THIRD}/{US}",)
    rollout = apply(plan, stack_sets, heard.watch())
    assert rollout.succeeded
    assert [operation.action for operation in rollout.operations] == ["CREATE"]
    assert {(r.account, r.region) for r in rollout.operations[0].results} == {(THIRD, EU), (THIRD, US)}


def test_a_changed_template_goes_to_what_is_named(stack_sets: StackSets, heard: Heard) -> None:
    """The set is changed for one account; the plan says which instances are out of date by that."""
    rolled_out(stack_sets, heard)
    plan = plan_for(request([HOME], [EU], text=body(DelaySeconds=5)), stack_sets)

    assert plan.sentences() == (
        "change the template or the parameters of stack set jobs",
        f"update 1 instance: {HOME}/{EU}",
        f"leave as it is, and out of date then, 3 instances elsewhere: {HOME}/{US}, {SECOND}/{EU}, {SECOND}/{US}",
    )
    rollout = apply(plan, stack_sets, heard.watch())
    assert [(r.account, r.region) for r in rollout.operations[0].results] == [(HOME, EU)]
    assert json.loads((stack_sets.find("jobs") or pytest.fail("gone")).template_body) == json.loads(
        body(DelaySeconds=5)
    )


def test_a_change_reaches_instances_that_no_single_call_can_name(stack_sets: StackSets, heard: Heard) -> None:
    """One account in two regions, another in one: the set is changed with the first, the second is updated after."""
    rolled_out(stack_sets, heard, request([HOME], [EU, US]))
    rolled_out(stack_sets, heard, request([SECOND], [EU]))
    called: list[tuple[str, Any, Any]] = []
    stack_sets._client.meta.events.register(
        "provide-client-params.cloudformation.*",
        lambda params, model, **_: called.append((model.name, params.get("Accounts"), params.get("Regions"))),
    )
    plan = plan_for(request([HOME, SECOND], [EU, US], text=body(DelaySeconds=5)), stack_sets)

    rollout = apply(plan, stack_sets, heard.watch())

    assert rollout.succeeded
    begun = [call for call in called if call[1]]
    assert begun == [
        ("UpdateStackSet", [HOME], [EU, US]),
        ("UpdateStackInstances", [SECOND], [EU]),
        ("CreateStackInstances", [SECOND], [US]),
    ]


def test_parameters_that_are_not_given_keep_their_value(stack_sets: StackSets, heard: Heard) -> None:
    """A second request without an answer is no change; a new answer is one."""
    rolled_out(stack_sets, heard)
    chosen = request().targets

    assert plan_for(Request("jobs", body(), chosen), stack_sets).is_empty
    changed = Request("jobs", body(), chosen, {"Owner": "you"})
    assert plan_for(changed, stack_sets).changed
    rolled_out(stack_sets, heard, changed)
    assert (stack_sets.find("jobs") or pytest.fail("gone")).parameters == {"Owner": "you"}


def test_a_missing_parameter_is_said_before_anything_is_made(stack_sets: StackSets) -> None:
    """A new set needs an answer to what has no default."""
    with pytest.raises(UsageError, match="Owner: no value given"):
        plan_for(Request("jobs", body(), request().targets), stack_sets)
    assert stack_sets.find("jobs") is None


def test_a_change_that_no_instance_would_get_is_refused(stack_sets: StackSets, heard: Heard) -> None:
    """Otherwise StackSets would give it to every instance, also where it was not asked for."""
    rolled_out(stack_sets, heard)

    with pytest.raises(DeploymentError, match=f"instances only in {HOME}/{EU}.*name at least one of these as well"):
        plan_for(request([THIRD], text=body(DelaySeconds=5)), stack_sets)


def test_a_large_template_goes_through_a_bucket(moto_clients: ClientsIn, heard: Heard) -> None:
    """Over 51,200 bytes it is uploaded first; it comes back from the set as it was."""
    large = json.dumps({**TEMPLATE, "Metadata": {"Text": "x" * 52_000}})
    s3 = moto_clients(None)("s3")
    s3.create_bucket(Bucket="templates")

    def upload(text: str) -> str:
        s3.put_object(Bucket="templates", Key="t.json", Body=text.encode())
        return "https://s3.us-east-1.amazonaws.com/templates/t.json"

    stack_sets = StackSets(moto_clients(None), heard.watch(), upload=upload)
    rollout = rolled_out(stack_sets, heard, request([HOME], [EU], text=large))

    assert rollout.succeeded
    assert (stack_sets.find("jobs") or pytest.fail("gone")).template_body == large


def test_a_template_that_is_too_large_is_refused(stack_sets: StackSets) -> None:
    """Over CloudFormation's limit there is no way."""
    huge = json.dumps({**TEMPLATE, "Metadata": {"Text": "x" * 1_000_000}})

    with pytest.raises(UsageError, match="CloudFormation takes 1000000 at most: split the stack"):
        stack_sets.create_set(request(text=huge), TEMPLATE)


def test_outputs_of_all_instances_are_read_through_the_execution_roles(
    stack_sets: StackSets, heard: Heard, moto_clients: ClientsIn
) -> None:
    """One key for each output, account and region; each account's queue is its own."""
    rollout = rolled_out(stack_sets, heard)
    clients_of = assumed_roles(moto_clients, "AWSCloudFormationStackSetExecutionRole")

    outputs = rollout_outputs("jobs", rollout.instances, clients_of)

    assert list(outputs) == [
        f"JobsArn_{account}_{region}" for account in (HOME, SECOND) for region in ("eu_west_1", "us_east_1")
    ]
    assert outputs[f"JobsArn_{SECOND}_eu_west_1"].startswith(f"arn:aws:sqs:eu-west-1:{SECOND}:")


def test_status_shows_the_newest_operation(stack_sets: StackSets, heard: Heard) -> None:
    """Instances and the operation that was begun last; nothing is told as if it were new."""
    rolled_out(stack_sets, heard)
    rolled_out(stack_sets, heard, request([HOME, SECOND, THIRD]))
    heard.results.clear()

    found = status("jobs", stack_sets, wait=True)

    assert found.current
    assert len(found.instances) == 6
    assert [(operation.action, len(operation.results)) for operation in found.operations] == [("CREATE", 2)]
    assert heard.results == []


def test_status_of_a_set_that_nothing_was_done_with(stack_sets: StackSets) -> None:
    """No operation, no instance."""
    stack_sets.create_set(request(), TEMPLATE)

    found = status("jobs", stack_sets)
    assert (found.instances, found.operations) == ((), ())


def test_a_set_that_is_not_there_is_a_usage_error(stack_sets: StackSets, heard: Heard) -> None:
    """Says where sets are looked for."""
    with pytest.raises(UsageError, match=r"stack set jobs: found 'no such stack set'.*one account and one region"):
        status("jobs", stack_sets)
    with pytest.raises(UsageError, match="no such stack set"):
        delete("jobs", stack_sets, heard.watch())


def test_some_instances_are_deleted_and_then_the_set(stack_sets: StackSets, heard: Heard) -> None:
    """The set stays as long as it has an instance."""
    rolled_out(stack_sets, heard)

    some = delete("jobs", stack_sets, heard.watch(), owners=[SECOND], regions=[EU])
    assert some.succeeded
    assert [(i.account, i.region) for i in some.instances] == [(HOME, EU), (HOME, US), (SECOND, US)]

    rest = delete("jobs", stack_sets, heard.watch())
    assert rest.instances == ()
    assert stack_sets.find("jobs") is None


def test_deleting_where_there_is_nothing_is_a_usage_error(stack_sets: StackSets, heard: Heard) -> None:
    """The account and the region that have no instance are named."""
    rolled_out(stack_sets, heard)

    with pytest.raises(UsageError, match=f"no instance in {THIRD}, ap-south-1"):
        delete("jobs", stack_sets, heard.watch(), owners=[THIRD], regions=["ap-south-1"])


def test_a_set_keeps_its_permission_model(stack_sets: StackSets, heard: Heard) -> None:
    """Units for a self-managed set are refused, with what to do."""
    rolled_out(stack_sets, heard)

    with pytest.raises(UsageError, match="found 'self-managed'; use --accounts, or another --name"):
        plan_for(request(targets=targets(ous=[OU], regions=[EU])), stack_sets)


def organization(clients: Clients) -> tuple[str, list[str]]:
    """A unit with two accounts, in moto's organization."""
    organizations = clients("organizations")
    organizations.create_organization(FeatureSet="ALL")
    [root] = organizations.list_roots()["Roots"]
    unit = organizations.create_organizational_unit(ParentId=root["Id"], Name="workloads")["OrganizationalUnit"]["Id"]
    members = []
    for name in ("one", "two"):
        created = organizations.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]
        organizations.move_account(AccountId=created["AccountId"], SourceParentId=root["Id"], DestinationParentId=unit)
        members.append(created["AccountId"])
    return unit, members


def test_a_unit_s_accounts_each_get_a_stack(stack_sets: StackSets, heard: Heard, moto_clients: ClientsIn) -> None:
    """Service-managed: the unit is named, its accounts are found by AWS."""
    unit, members = organization(moto_clients(None))
    asked = request(targets=targets(ous=[unit], regions=[EU]))
    plan = plan_for(asked, stack_sets)

    assert plan.sentences() == ("create stack set jobs", f"create instances in 1 place: {unit}/{EU}")
    rollout = apply(plan, stack_sets, heard.watch())
    assert rollout.permission_model == "SERVICE_MANAGED"
    assert sorted(instance.account for instance in rollout.instances) == sorted(members)


def test_a_role_of_the_user_s_own_is_named_again_at_an_update(stack_sets: StackSets, heard: Heard) -> None:
    """A set that was made with custom roles keeps them; the default ones are not passed."""
    role = f"arn:aws:iam::{HOME}:role/rollouts"
    calls: list[dict[str, Any]] = []
    rolled_out(stack_sets, heard, request(administration_role=role, execution_role="deployer"))
    stack_sets._client.meta.events.register(
        "provide-client-params.cloudformation.UpdateStackSet", lambda params, **_: calls.append(params)
    )

    rolled_out(stack_sets, heard, request(text=body(DelaySeconds=5)))

    assert (calls[0]["AdministrationRoleARN"], calls[0]["ExecutionRoleName"]) == (role, "deployer")
    assert calls[0]["Accounts"] == [HOME, SECOND]
    assert calls[0]["OperationPreferences"]["RegionOrder"] == [EU, US]


def test_a_delegated_administrator_says_so_in_every_call(moto_clients: ClientsIn, heard: Heard) -> None:
    """CallAs is an argument of all of them."""
    calls: list[dict[str, Any]] = []
    clients = moto_clients(None)
    clients("cloudformation").meta.events.register(
        "provide-client-params.cloudformation.*", lambda params, **_: calls.append(params)
    )
    rolled_out(StackSets(clients, heard.watch(), delegated_admin=True), heard)

    assert len(calls) > 4
    assert {call.get("CallAs") for call in calls} == {"DELEGATED_ADMIN"}
