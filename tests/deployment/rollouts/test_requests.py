"""What is wrong with a request before any call, and what a plan makes of a set that is there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from deployment.rollouts.conftest import EU, HOME, SECOND, TEMPLATE, THIRD, US, Heard, body, request

from tap_templates.deployment.rollouts import (
    Instance,
    Operation,
    Plan,
    Preferences,
    Request,
    Result,
    Share,
    StackSet,
    apply,
    plan_for,
    targets,
)
from tap_templates.deployment.rollouts.model import cause_in
from tap_templates.deployment.rollouts.targets import Block
from tap_templates.errors import UsageError

OU, OTHER_OU = "ou-ab12-cdef3456", "ou-ab12-aaaa3456"
ROLE = f"arn:aws:iam::{HOME}:role/rollouts"
IN_UNIT = targets(ous=[OU], regions=[EU])
NESTED = json.dumps({**TEMPLATE, "Resources": {"Inner": {"Type": "AWS::CloudFormation::Stack"}}})
MACRO = json.dumps({**TEMPLATE, "Transform": "AWS::Serverless-2016-10-31"})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": "9lives"}, "--name: found '9lives'; use up to 128 letters"),
        ({"name": "j" * 129}, "--name"),
        ({"text": "{"}, "pass the JSON text of a template"),
        ({"administration_role": "rollouts"}, "--admin-role: found 'rollouts'; use a role's ARN"),
        ({"execution_role": ROLE}, "use a role's name, not its ARN"),
        ({"targets": IN_UNIT, "administration_role": ROLE}, "StackSets makes and uses roles of its own"),
        ({"targets": IN_UNIT, "execution_role": "deployer"}, "StackSets makes and uses roles of its own"),
        ({"targets": IN_UNIT, "text": NESTED}, "found 'Inner'; service-managed permissions take neither macros nor"),
        ({"targets": IN_UNIT, "text": MACRO}, "found 'Transform'; service-managed"),
        ({"auto_deploy": True}, "--auto-deploy: found 'accounts'; name organizational units"),
    ],
    ids=["digit first", "too long", "no JSON", "no ARN", "an ARN", "unit and role", "unit and execution role", "nested",
         "macro", "automatic accounts"],
)  # fmt: skip
def test_a_request_that_would_be_refused_says_why(wrong: dict[str, Any], said: str) -> None:
    """Before any call."""
    with pytest.raises(UsageError, match=said):
        request(**wrong).check()


def test_answers_are_checked_before_any_call() -> None:
    """An unknown and an unacceptable answer are both said."""
    asked = Request("jobs", body(), request().targets, {"Owner": "x", "Ownr": "me"})

    with pytest.raises(UsageError, match=r"Owner: found 'x'.*Ownr: no such parameter \(did you mean Owner\?\)"):
        asked.check()


def test_a_reason_is_read_as_resource_type_and_reason() -> None:
    """StackSets' form comes apart; anything else stays."""
    assert cause_in("ResourceLogicalId:B, ResourceType:AWS::S3::Bucket, ResourceStatusReason:b, c exists.\n") == (
        "B (AWS::S3::Bucket): b, c exists."
    )
    assert cause_in(" User Initiated ") == "User Initiated"


class Remembering:
    """A distributor of a set that is there, which does nothing and remembers what it was asked for."""

    def __init__(self, *instances: Instance, found: StackSet | None, fails: tuple[str, ...] = ()) -> None:
        self.there, self.found, self.fails = instances, found, fails
        self.done: list[tuple[str, Block | None]] = []

    def find(self, name: str) -> StackSet | None:
        """The set."""
        return self.found

    def instances(self, name: str) -> tuple[Instance, ...]:
        """Its instances."""
        return self.there

    def create_set(self, request: Request, template: Any) -> None:
        """Is remembered."""
        self.done.append(("create_set", None))

    def update_set(self, request: Request, template: Any, found: StackSet, block: Block | None) -> Operation:
        """Is remembered."""
        return self._operation("update_set", block)

    def update_instances(self, name: str, model: str, block: Block, preferences: Preferences) -> Operation:
        """Is remembered."""
        return self._operation("update_instances", block)

    def create_instances(self, name: str, model: str, block: Block, preferences: Preferences) -> Operation:
        """Is remembered."""
        return self._operation("create_instances", block)

    def _operation(self, what: str, block: Block | None) -> Operation:
        self.done.append((what, block))
        return Operation("op", "UPDATE", "FAILED" if what in self.fails else "SUCCEEDED")


def there(account: str, region: str, status: str = "CURRENT", *, unit: str = "", stack_id: str = "arn") -> Instance:
    """An instance of the set."""
    return Instance(account, region, status, unit or account, stack_id)


def a_set(model: str = "SELF_MANAGED", **more: Any) -> StackSet:
    """The set with the queue."""
    return StackSet("jobs", model, body(), {"Owner": "me"}, **more)


def planned(distributor: Remembering, asked: Request) -> Plan:
    """What a request would do."""
    return plan_for(asked, distributor)  # type: ignore[arg-type]


def test_a_change_takes_as_many_calls_as_the_table_of_instances_has_shapes(heard: Heard) -> None:
    """The set is changed with the first block, the others follow, then what is missing is added."""
    distributor = Remembering(there(HOME, EU), there(HOME, US), there(SECOND, EU), found=a_set())
    plan = planned(distributor, request([HOME, SECOND], [EU, US], text=body(DelaySeconds=5)))

    apply(plan, distributor, heard.watch())  # type: ignore[arg-type]

    assert distributor.done == [
        ("update_set", Block((HOME,), (EU, US))),
        ("update_instances", Block((SECOND,), (EU,))),
        ("create_instances", Block((SECOND,), (US,))),
    ]


def test_nothing_follows_an_operation_that_failed(heard: Heard) -> None:
    """The rest is not begun, and that is said."""
    distributor = Remembering(there(HOME, EU), there(SECOND, US), found=a_set(), fails=("update_set",))
    plan = planned(distributor, request([HOME, SECOND], [EU, US], text=body(DelaySeconds=5)))

    rollout = apply(plan, distributor, heard.watch())  # type: ignore[arg-type]

    assert [what for what, _ in distributor.done] == ["update_set"]
    assert not rollout.succeeded
    assert heard.notes == ["3 further operations not begun, because this one failed"]


def test_an_instance_that_was_never_created_is_missing() -> None:
    """One without a stack is created, one that is behind is updated, the current one is left alone."""
    distributor = Remembering(
        there(HOME, EU), there(SECOND, EU, "OUTDATED"), there(THIRD, EU, "OUTDATED", stack_id=""), found=a_set()
    )

    plan = planned(distributor, request([HOME, SECOND, THIRD], [EU]))

    assert (plan.changed, plan.update, plan.create) == (False, ((SECOND, EU),), ((THIRD, EU),))


def test_units_are_looked_through_for_accounts_without_an_instance() -> None:
    """Only AWS knows which accounts a unit has; a unit with one instance that is behind is updated."""
    distributor = Remembering(
        there(HOME, EU, unit=OU), there(SECOND, EU, "OUTDATED", unit=OTHER_OU), found=a_set("SERVICE_MANAGED")
    )

    plan = planned(distributor, request(targets=targets(ous=[OU, OTHER_OU], regions=[EU])))

    assert plan.sentences() == (
        f"update instances in 1 place: {OTHER_OU}/{EU}",
        f"look for accounts without an instance in 2 places: {OU}/{EU}, {OTHER_OU}/{EU}",
    )


def test_automatic_deployment_is_decided_when_a_set_is_made() -> None:
    """Switching it on later concerns the whole set; the command is given."""
    off, on = a_set("SERVICE_MANAGED"), a_set("SERVICE_MANAGED", auto_deploy=True)
    asked = request(targets=IN_UNIT, auto_deploy=True)

    with pytest.raises(UsageError, match=r"switch it on for the whole set: aws cloudformation update-stack-set"):
        planned(Remembering(there(HOME, EU, unit=OU), found=off), asked)
    assert not planned(Remembering(there(HOME, EU, unit=OU), found=on), asked).changed


def test_a_role_that_is_another_one_is_a_change() -> None:
    """The default execution role is the one that a set without any has."""
    distributor = Remembering(there(HOME, EU), found=a_set())

    assert planned(distributor, request([HOME], [EU], execution_role="deployer")).changed
    same = request([HOME], [EU], execution_role="AWSCloudFormationStackSetExecutionRole")
    assert not planned(distributor, same).changed


def test_a_template_in_yaml_of_another_tool_is_a_change() -> None:
    """It cannot be compared, so it is replaced."""
    found = StackSet("jobs", "SELF_MANAGED", "Resources: {}", {"Owner": "me"})

    assert planned(Remembering(there(HOME, EU), found=found), request([HOME], [EU])).changed


def test_concurrency_that_stack_sets_lowers_is_said() -> None:
    """Strict tolerance: no more at one time than the failures that are borne, plus one."""
    four = [HOME, SECOND, THIRD, "888899990000"]
    fast = Preferences(Share(1), Share(100, percent=True))

    plan = planned(Remembering(found=None), request(four, [EU], preferences=fast))

    assert plan.sentences()[-1] == "go through 2 accounts at one time, not 4: the failures that are borne, plus one"


def test_long_lists_are_shortened() -> None:
    """Six places and how many more."""
    plan = planned(Remembering(found=None), request([f"{at:012}" for at in range(5)], [EU, US]))

    assert plan.sentences()[1].startswith(f"create 10 instances: 000000000000/{EU}, ")
    assert plan.sentences()[1].endswith(" and 4 more")


def test_a_tolerated_failure_is_no_success() -> None:
    """The operation went through, one account did not."""
    operation = Operation("op", "CREATE", "SUCCEEDED", (Result(HOME, EU, "FAILED", "no"),))

    assert operation.succeeded
    assert operation.failures == (Result(HOME, EU, "FAILED", "no"),)
