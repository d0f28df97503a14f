"""Statements and documents of IAM policies: no more than is needed, refused when written otherwise.

``allow`` and ``deny`` return awacs statements. A statement that allows something on every resource is refused unless
AWS's own data says that its actions know no resource; what passes for that reason is listed in the wildcard ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import awacs.aws as aws
from awacs import sts
from troposphere import AWSHelperFn, Ref, Sub, encode_to_dict

from tap_templates.data import actions as action_data
from tap_templates.data.service_trust import service_trust
from tap_templates.errors import PolicyError
from tap_templates.naming import worst_case_length

Actions: TypeAlias = aws.Action | Sequence[aws.Action]
Resources: TypeAlias = str | AWSHelperFn | Sequence[str | AWSHelperFn]
Conditions: TypeAlias = aws.ConditionElement | Sequence[aws.ConditionElement] | None

EVERYTHING = "*"
VERSION = "2012-10-17"
# IAM user guide, IAM and STS character limits: a managed policy, without white space.
LONGEST_MANAGED_POLICY = 6144


class Wildcard(NamedTuple):
    """One entry of the ledger: a statement that allows actions on ``*`` because they know no resource."""

    logical_id: str
    sid: str
    actions: tuple[str, ...]
    reason: str


def allow(
    actions: Actions, *, on: Resources, when: Conditions = None, sid: str | None = None, to: aws.Principal | None = None
) -> aws.Statement:
    """A statement that allows actions on resources, to ``to`` where it stands in a resource's own policy.

    Raises:
        PolicyError: An action that AWS does not know, a wildcard in an action, or ``*`` as resource of an action that
            can be given for single resources.

    Source: Service Authorization Reference, as bundled in ``data/actions.json``.
    """
    wanted = _sequence(actions)
    for action in wanted:
        _check_action(action, sid)
    resources = _sequence(on)
    for_everything = [resource for resource in resources if resource == EVERYTHING]
    if for_everything and to is None:
        _check_wildcard(wanted, sid)
    return _statement(aws.Allow, wanted, resources, when, sid, to)


def deny(
    actions: Actions | str,
    *,
    on: Resources = EVERYTHING,
    when: Conditions = None,
    sid: str | None = None,
    to: aws.Principal | None = None,
) -> aws.Statement:
    """A statement that denies actions, singly or all of a service (``s3:*``); wildcards only make it stricter.

    Raises:
        PolicyError: An action that AWS does not know, which would deny nothing.
    """
    wanted = [aws.Action(*_split_action(actions))] if isinstance(actions, str) else _sequence(actions)
    for action in wanted:
        _check_known(action.JSONrepr(), sid or "deny")
    return _statement(aws.Deny, wanted, _sequence(on), when, sid, to)


def deny_all_but(actions: Actions, *, when: Conditions, sid: str) -> aws.Statement:
    """A statement that denies everything except some actions while a condition holds."""
    return aws.Statement(
        Sid=sid,
        Effect=aws.Deny,
        NotAction=_sequence(actions),
        Resource=[EVERYTHING],
        Condition=aws.Condition(_sequence(when)),
    )


def document(*statements: aws.Statement | Iterable[aws.Statement]) -> aws.PolicyDocument:
    """A policy document of statements, given singly or in lists.

    Raises:
        PolicyError: Two statements have one ``Sid``.
    """
    flat: list[aws.Statement] = []
    for item in statements:
        flat.extend([item] if isinstance(item, aws.Statement) else item)
    _check_sids(flat)
    return aws.PolicyDocument(Version=VERSION, Statement=flat)


def extend(policy: aws.PolicyDocument, *statements: aws.Statement) -> None:
    """Adds statements to a document that a resource has already; what it says already is not said again.

    Raises:
        PolicyError: Two statements have one ``Sid``.
    """
    present = [encode_to_dict(statement) for statement in policy.properties["Statement"]]
    new = [statement for statement in statements if encode_to_dict(statement) not in present]
    _check_sids([*policy.properties["Statement"], *new])
    policy.properties["Statement"].extend(new)


def _check_sids(statements: Sequence[aws.Statement]) -> None:
    sids = [statement.properties["Sid"] for statement in statements if "Sid" in statement.properties]
    for sid in sids:
        if sids.count(sid) > 1:
            raise PolicyError("policy document", found=f"Sid {sid!r} twice", remedy="give each statement its own Sid")


def service(principal: str | AWSHelperFn) -> aws.Principal:
    """An AWS service as principal, for example ``lambda.amazonaws.com``; with ``Sub`` where its name has a Region."""
    return aws.Principal("Service", principal)


def anyone() -> aws.Principal:
    """Every principal; only for denying."""
    return aws.Principal("AWS", "*")


def this_account() -> aws.Principal:
    """The account of the stack: whoever its own IAM policies allow the action."""
    return aws.Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))


def from_this_account() -> aws.StringEquals:
    """Condition: the calling service acts for this account and no other."""
    return aws.StringEquals(aws.SourceAccount, Ref("AWS::AccountId"))


def from_source(arn: str | AWSHelperFn) -> list[aws.ConditionElement]:
    """Conditions: the calling service acts for this account, on behalf of resources with such an ARN."""
    return [from_this_account(), aws.ArnLike(aws.SourceArn, arn)]


def trust(principal: str) -> aws.PolicyDocument:
    """Trust policy of a role that one service assumes, closed to this account where the service says whom it acts for.

    Raises:
        PolicyError: Nothing is known of the service.

    Source: ``data/service_trust.json``.
    """
    known = service_trust(principal)
    if known is None:
        remedy = "look up which condition keys it gives when it assumes a role, and add it to data/service_trust.json"
        raise PolicyError("trust policy", found=principal, remedy=remedy)
    when = from_this_account() if aws.SourceAccount in known.conditions else None
    statement = _statement(aws.Allow, [sts.AssumeRole], None, when, None, service(principal))
    return document(statement)


def split(statements: Sequence[aws.Statement], *, limit: int = LONGEST_MANAGED_POLICY) -> list[list[aws.Statement]]:
    """Statements in as few lists as keep each, with the longest values that can be bound, within ``limit`` characters.

    What is said twice, as when two verbs bring the actions of one key, is there once.

    Raises:
        PolicyError: One statement alone is too long.
    """
    frame = len('{"Version":"2012-10-17","Statement":[]}')
    parts: list[list[aws.Statement]] = []
    room = 0
    known: list[Any] = []
    for statement in statements:
        encoded = encode_to_dict(statement)
        if encoded in known:
            continue
        known.append(encoded)
        length = worst_case_length(encoded)
        if frame + length > limit:
            sid = statement.properties.get("Sid", "statement")
            remedy = f"name fewer actions or resources in one statement; a managed policy holds {limit} characters"
            raise PolicyError(str(sid), found=f"up to {length} characters", remedy=remedy)
        if length > room:
            parts.append([])
            room = limit - frame
        parts[-1].append(statement)
        room -= length
    return parts


def wildcards(logical_id: str, policy: Mapping[str, Any]) -> list[Wildcard]:
    """Entries of the ledger for one encoded policy document of an identity.

    Raises:
        PolicyError: A statement allows an action on ``*`` that can be given for single resources, or all actions or
            resources but some; or the document cannot be read.
    """
    entries = []
    for statement in _statements(logical_id, policy):
        if statement["Effect"] != aws.Allow:
            continue
        sid = str(statement.get("Sid", ""))
        where = f"{logical_id} {sid}".strip()
        for key in ("NotAction", "NotResource"):
            if key in statement:
                remedy = f"name what is allowed: {key} with Allow also allows what AWS adds later"
                raise PolicyError(where, found=f"{key} with Allow", remedy=remedy)
        if EVERYTHING not in _sequence(statement.get("Resource")):
            continue
        names = _sequence(statement.get("Action"))
        for name in names:
            _refuse_avoidable(name, where)
        reason = "AWS defines no resource for " + (
            ", ".join(names) if len(names) < 4 else f"these {len(names)} actions"
        )
        entries.append(Wildcard(logical_id, sid, tuple(names), reason))
    return entries


def _statements(logical_id: str, policy: Any) -> Iterator[Mapping[str, Any]]:
    """Statements of an encoded document, on both sides of each ``Fn::If``."""
    if isinstance(policy, list):
        for item in policy:
            yield from _statements(logical_id, item)
    elif isinstance(policy, Mapping) and set(policy) == {"Fn::If"}:
        yield from _statements(logical_id, policy["Fn::If"][1:])
    elif isinstance(policy, Mapping) and "Statement" in policy:
        yield from _statements(logical_id, policy["Statement"])
    elif isinstance(policy, Mapping) and "Effect" in policy:
        yield policy
    elif policy != {"Ref": "AWS::NoValue"}:
        remedy = (
            "write the policy as a mapping with Statement, and each statement with Effect, so that it can be judged"
        )
        raise PolicyError(logical_id, found=policy, remedy=remedy)


def _statement(
    effect: str,
    actions: Sequence[aws.Action],
    resources: Sequence[Any] | None,
    when: Conditions,
    sid: str | None,
    to: aws.Principal | None,
) -> aws.Statement:
    for part, given in (("action", actions), ("resource", resources)):
        if given is not None and not given:
            raise PolicyError(sid or "statement", found=f"no {part}", remedy=f"name at least one {part}")
    parts: dict[str, Any] = {"Sid": sid} if sid else {}
    parts["Effect"] = effect
    if to is not None:
        parts["Principal"] = to
    parts["Action"] = list(actions)
    if resources is not None:
        parts["Resource"] = list(resources)
    if when is not None:
        parts["Condition"] = aws.Condition(_sequence(when))
    return aws.Statement(**parts)


def _sequence(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _split_action(text: str) -> tuple[str, str | None]:
    prefix, _, name = text.partition(":")
    return prefix, name or None


def _check_action(action: aws.Action, sid: str | None) -> None:
    name = action.JSONrepr()
    if "*" in name or "?" in name:
        remedy = "name each action that is needed"
        raise PolicyError(sid or "allow", found=name, remedy=remedy)
    _check_known(name, sid or "allow")


def _check_known(name: str, where: str) -> None:
    try:
        action_data.resource_types(name)
    except PolicyError as error:
        raise PolicyError(where, found=error.found, remedy=error.remedy) from error


def _check_wildcard(actions: Sequence[aws.Action], sid: str | None) -> None:
    for action in actions:
        _refuse_avoidable(action.JSONrepr(), sid or "allow")


def _refuse_avoidable(name: str, where: str) -> None:
    if "*" in name:
        raise PolicyError(
            where, found=f"{name} on *", remedy="name each action that is needed, on the ARNs it is needed for"
        )
    _check_known(name, where)
    if not action_data.needs_wildcard(name):
        kinds = ", ".join(action_data.resource_types(name))
        remedy = f"name the ARNs it is needed for (resource types: {kinds})"
        raise PolicyError(where, found=f"{name} on *", remedy=remedy)
