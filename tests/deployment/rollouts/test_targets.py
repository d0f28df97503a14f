"""Where a rollout goes: every fault at once, and calls that name no account and region too many."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tap_templates.deployment.rollouts import targets
from tap_templates.deployment.rollouts.targets import Block, blocks
from tap_templates.errors import UsageError

A, B, C = "111122223333", "444455556666", "777788889999"
EU, US = "eu-west-1", "us-east-1"
OU = "ou-ab12-cdef3456"


def test_accounts_are_self_managed_and_units_service_managed() -> None:
    """The permission model follows from what is named; each is named once, regions in the order of their turn."""
    by_account = targets(accounts=[A, B, A], regions=[US, EU, US])
    by_unit = targets(ous=[OU, "r-ab12"], regions=[EU])

    assert (by_account.permission_model, by_account.owners, by_account.regions) == ("SELF_MANAGED", (A, B), (US, EU))
    assert by_account.pairs == ((A, US), (B, US), (A, EU), (B, EU))
    assert (by_unit.permission_model, by_unit.owners) == ("SERVICE_MANAGED", (OU, "r-ab12"))


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"regions": [EU]}, "neither accounts nor organizational units"),
        ({"accounts": [A], "ous": [OU], "regions": [EU]}, "use one of them"),
        ({"accounts": [A], "regions": []}, "no region"),
        (
            {"accounts": ["1111-2222-3333", "12"], "regions": [EU]},
            "'1111-2222-3333', '12': an account is twelve digits",
        ),
        ({"ous": ["ou-1"], "regions": [EU]}, "'ou-1': an organizational unit is ou-"),
        ({"accounts": [A], "regions": ["eu-wst-1"]}, r"'eu-wst-1': no such region \(did you mean eu-west-1\?\)"),
        ({"accounts": [A], "regions": [EU, "cn-north-1"]}, "regions of aws and aws-cn"),
        ({"ous": [OU], "regions": [EU], "permission_model": "SELF_MANAGED"}, "units with self-managed permissions"),
        ({"accounts": [A], "regions": [EU], "permission_model": "SERVICE_MANAGED"}, "accounts with service-managed"),
        (
            {"ous": [f"ou-ab12-{at:08}" for at in range(51)], "regions": [EU]},
            "51 organizational units: one operation takes 50",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_stack_sets_would_refuse_is_said(named: dict[str, Any], said: str) -> None:
    """Before any call, with what is wrong and what is right."""
    with pytest.raises(UsageError, match=said):
        targets(**named)


def test_every_fault_is_said_at_once() -> None:
    """One message names the account and the region that are wrong."""
    with pytest.raises(UsageError) as refused:
        targets(accounts=["12"], regions=["mars-1"])

    assert "twelve digits" in str(refused.value)
    assert "mars-1" in str(refused.value)


def test_a_full_table_is_one_block() -> None:
    """Two accounts in two regions are one call, its regions in the order asked for."""
    assert blocks([(A, EU), (B, EU), (A, US), (B, US)], order=[US, EU]) == (Block((A, B), (US, EU)),)


def test_a_missing_corner_takes_two_blocks() -> None:
    """An account without an instance in one region is never named with that region."""
    assert blocks([(A, EU), (A, US), (B, EU)], order=[EU, US]) == (Block((A,), (EU, US)), Block((B,), (EU,)))


def test_columns_are_used_where_they_take_fewer_calls() -> None:
    """Three different rows with two different columns are two calls."""
    found = blocks([(A, EU), (B, US), (C, EU), (C, US)], order=[EU, US])

    assert found == (Block((A, C), (EU,)), Block((B, C), (US,)))


@given(st.sets(st.tuples(st.sampled_from("abcdef"), st.sampled_from("12345"))))
def test_blocks_are_exactly_the_pairs(pairs: set[tuple[str, str]]) -> None:
    """Every pair is in exactly one block and nothing else is; never more blocks than owners or regions."""
    found = blocks(pairs)

    named = [pair for block in found for pair in block.pairs]
    assert sorted(named) == sorted(pairs)
    assert len(found) <= min(len({owner for owner, _ in pairs}), len({region for _, region in pairs}))
