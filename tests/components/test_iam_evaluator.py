"""The tests' own IAM evaluation, on whose answers the proofs of the policies rest."""

from __future__ import annotations

from typing import Any

import pytest
from support.iam_evaluator import ALLOWED, DENIED, NOT_ALLOWED, Request, decision, within

READ = Request("s3:GetObject", "arn:aws:s3:::one/a", context={"aws:username": "alice"})


def _policy(**parts: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **parts}]}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, ALLOWED),
        ({"Effect": "Deny"}, DENIED),
        ({"Action": ["s3:get*"]}, ALLOWED),
        ({"Action": "s3:PutObject"}, NOT_ALLOWED),
        ({"Resource": "arn:aws:s3:::one/*"}, ALLOWED),
        ({"Resource": "arn:aws:s3:::two/*"}, NOT_ALLOWED),
        ({"Resource": "arn:aws:s3:::on?/a"}, ALLOWED),
        ({"Resource": "arn:aws:s3:::one/${aws:username}"}, NOT_ALLOWED),
        ({"Resource": "arn:aws:s3:::one/${aws:userid}*"}, NOT_ALLOWED),
        ({"Principal": {"Service": "x.amazonaws.com"}}, NOT_ALLOWED),
        ({"Principal": {"AWS": "*"}}, ALLOWED),
    ],
)
def test_elements_of_a_statement(parts: dict[str, Any], expected: str) -> None:
    """Action, resource and principal each have to fit."""
    assert decision(READ, _policy(**parts)) == expected


@pytest.mark.parametrize(
    ("operator", "wanted", "present", "absent"),
    [
        ("StringEquals", "one", True, False),
        ("StringEquals", ["two", "one"], True, False),
        ("StringEquals", "two", False, False),
        ("StringEqualsIfExists", "two", False, True),
        ("StringNotEquals", "one", False, True),
        ("StringNotEquals", ["two", "one"], False, True),
        ("StringNotEquals", "two", True, True),
        ("StringLike", "o*", True, False),
        ("Bool", "true", False, False),
        ("BoolIfExists", "false", False, True),
        ("Null", "true", False, True),
        ("Null", "false", True, False),
    ],
)
def test_operators(operator: str, wanted: Any, present: bool, absent: bool) -> None:
    """A missing key fulfils the negated operators, ``…IfExists`` and ``Null``, and no other."""
    policy = _policy(Condition={operator: {"Test:Key": wanted}})

    assert (decision(READ._replace(context={"test:key": "one"}), policy) == ALLOWED) is present
    assert (decision(READ, policy) == ALLOWED) is absent


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "holds"),
    [
        ("NumericLessThan", "1.2", "1.1", True),
        ("NumericLessThan", "1.2", "1.2", False),
        ("ArnLike", "arn:aws:s3:::a-*", "arn:aws:s3:::a-b", True),
        ("ArnLike", "arn:aws:*:*:1:a", "arn:aws:sns:eu:1:a", True),
        ("ArnLike", "arn:aws:*:1:a", "arn:aws:sns:eu:1:a", False),
        ("ArnLike", "*", "arn:aws:sns:eu:1:a", False),
        ("ArnNotEquals", "arn:aws:kms:eu:1:key/a", "arn:aws:kms:eu:1:key/a", False),
        ("ArnNotEquals", "arn:aws:kms:eu:1:key/a", "a", True),
    ],
)
def test_operators_on_numbers_and_arns(operator: str, wanted: str, found: str, holds: bool) -> None:
    """ARNs are compared part by part."""
    request = READ._replace(context={"k": found})

    assert (decision(request, _policy(Condition={operator: {"k": wanted}})) == ALLOWED) is holds


def test_unknown_operators_are_refused() -> None:
    """An operator that is not written here cannot pass unnoticed."""
    with pytest.raises(KeyError):
        decision(READ._replace(context={"k": "1"}), _policy(Condition={"DateLessThan": {"k": "2"}}))


def test_deny_wins_and_not_action_spares() -> None:
    """One statement that denies outweighs any that allow; ``NotAction`` is everything else."""
    guard = {"Statement": [{"Effect": "Deny", "NotAction": ["s3:GetObject"], "Resource": "*"}]}

    assert decision(READ, _policy(), guard) == ALLOWED
    assert decision(READ._replace(action="s3:PutObject"), _policy(Action="s3:*"), guard) == DENIED


def test_account_root_stands_for_its_principals() -> None:
    """``…:root`` as principal is every principal of the account, and no one else's."""
    policy = _policy(Principal={"AWS": "arn:aws:iam::111122223333:root"})

    assert decision(READ._replace(arn="arn:aws:iam::111122223333:user/a"), policy) == ALLOWED
    assert decision(READ._replace(arn="arn:aws:iam::444455556666:user/a"), policy) == NOT_ALLOWED
    assert decision(READ._replace(service="s3.amazonaws.com"), policy) == NOT_ALLOWED


def test_boundary_and_policy_must_both_allow() -> None:
    """What a boundary or the policies leave out is out."""
    narrow, wide = _policy(), _policy(Action="s3:*")

    assert within(READ, narrow, wide)
    assert not within(READ._replace(action="s3:PutObject"), narrow, wide)
    assert not within(READ._replace(action="s3:PutObject"), wide, narrow)
