"""What an update would do, resource by resource, and what is lost with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tap_templates.data.stateful_types import StatefulType, stateful_type
from tap_templates.deployment.templates import Capability

REMOVE, MODIFY = "Remove", "Modify"
KEPT = ("Retain", "RetainExceptOnCreate")
# Template reference, DeletionPolicy attribute: the types whose policy is Snapshot where none is written.
SNAPSHOT_BY_DEFAULT = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")


class Change(NamedTuple):
    """One resource of a change set.

    ``action`` is CloudFormation's word: Add, Modify, Remove, Import, Dynamic; ``replacement`` is ``True``, ``False``
    or ``Conditional``, ``because`` names the properties that ask for it. ``loses`` says what is lost, in words;
    ``data_at_risk`` is True where something is replaced or removed that holds data, whatever becomes of the old one.
    """

    action: str
    logical_id: str
    type: str
    replacement: str = "False"
    because: tuple[str, ...] = ()
    loses: str = ""
    data_at_risk: bool = False


class Plan(NamedTuple):
    """What a deployment is about to do, for whoever confirms it."""

    stack_name: str
    creates: bool
    changes: tuple[Change, ...]
    capabilities: tuple[Capability, ...] = ()
    termination_protection: bool | None = None


def changes_of(said: Sequence[Mapping[str, Any]], old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    """The changes of a change set as CloudFormation says them.

    Args:
        old: Resources of the template that the stack has.
        new: Resources of the template that it gets.
    """
    return tuple(_change(each["ResourceChange"], old, new) for each in said if "ResourceChange" in each)


def holds_data(resource: Mapping[str, Any]) -> StatefulType | None:
    """What a resource of a template holds that is lost with it; None when it is nothing."""
    kind = stateful_type(str(resource.get("Type")))
    return None if kind is None or (kind.unless and kind.unless in resource.get("Properties", {})) else kind


def deletion_policy(resource: Mapping[str, Any]) -> str:
    """What becomes of a resource that leaves its stack: Delete, Retain, RetainExceptOnCreate or Snapshot."""
    alone = "DBClusterIdentifier" not in resource.get("Properties", {})
    default = "Snapshot" if resource.get("Type") in SNAPSHOT_BY_DEFAULT and alone else "Delete"
    return str(resource.get("DeletionPolicy", default))


def _change(said: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]) -> Change:
    title, action, kind = said["LogicalResourceId"], said["Action"], said["ResourceType"]
    replacement = said.get("Replacement", "False") if action == MODIFY else "False"
    because = tuple(
        dict.fromkeys(
            detail["Target"]["Name"]
            for detail in said.get("Details", [])
            if detail.get("Target", {}).get("RequiresRecreation", "Never") != "Never" and "Name" in detail["Target"]
        )
    )
    before = old.get(title, {"Type": kind})
    holds = holds_data({"Type": kind, **before})
    change = Change(action, title, kind, replacement, because if replacement != "False" else ())
    if holds is None or (action != REMOVE and replacement == "False"):
        return change
    loses = _loss(holds, _policy(said, before, new.get(title, {})), removed=action == REMOVE)
    if replacement == "Conditional":
        return change._replace(loses=f"if it is replaced: {loses}")
    return change._replace(loses=loses, data_at_risk=True)


def _policy(said: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """What becomes of the old resource: as CloudFormation says, or else as the templates do."""
    action = str(said.get("PolicyAction", "")).removeprefix("ReplaceAnd")
    if action:
        return action
    return deletion_policy(before) if said["Action"] == REMOVE else str(after.get("UpdateReplacePolicy", "Delete"))


def _loss(kind: StatefulType, policy: str, *, removed: bool) -> str:
    if policy in KEPT:
        return f"nothing, but {'it' if removed else 'the old one'} stays behind, outside of the stack{_empty(removed)}"
    if policy == "Snapshot" and kind.snapshot:
        return f"{kind.holds}, but for a snapshot{_empty(removed)}"
    return f"{kind.holds}{_empty(removed)}"


def _empty(removed: bool) -> str:
    return "" if removed else "; the new one is empty"
