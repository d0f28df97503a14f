"""What StackSets accepts, as AWS's own description of the API says it."""

from __future__ import annotations

import re
from typing import Any

import botocore.session
import pytest

from tap_templates.data import load
from tap_templates.data.stack_sets import fact, remedy_of

OU_PATTERN = "organizational_unit_pattern"


@pytest.fixture(scope="module")
def api() -> Any:
    """CloudFormation's API as botocore carries it."""
    return botocore.session.get_session().get_service_model("cloudformation")


def test_patterns_are_those_of_the_api(api: Any) -> None:
    """Account, organizational unit and execution role."""
    said = {
        name: api._service_description["shapes"][name]
        for name in ("Account", "OrganizationalUnitId", "ExecutionRoleName")
    }

    assert said["Account"]["pattern"] == f"^{fact('account_pattern')}$"
    assert said["OrganizationalUnitId"]["pattern"] == f"^{fact(OU_PATTERN)}$"
    role = said["ExecutionRoleName"]
    letters = role["pattern"].removesuffix("+")
    assert sorted(fact("execution_role_pattern").removesuffix("{1,64}")) == sorted(letters)
    assert (role["min"], role["max"]) == (1, 64)


def test_errors_that_have_a_remedy_are_errors_of_the_api(api: Any) -> None:
    """No error code in the table is misspelt or gone."""
    codes = {shape["error"]["code"] for shape in api._service_description["shapes"].values() if "error" in shape}
    named = {row["pattern"] for row in load("stack_sets.json")["remedies"] if row["pattern"].endswith("Exception")}

    assert named
    assert named <= codes


def test_every_remedy_can_be_found() -> None:
    """Each pattern compiles, and what is not in the table has no remedy of its own."""
    for row in load("stack_sets.json")["remedies"]:
        assert re.compile(row["pattern"])
        assert row["remedy"]
    assert remedy_of("something else") is None


@pytest.mark.parametrize(
    ("reason", "remedy"),
    [
        (
            "Account 1 should have 'AWSCloudFormationStackSetExecutionRole' role with trust relationship to Role 'A'.",
            "create this role in that account",
        ),
        (
            "Account 1 should have 'AWSCloudFormationStackSetAdministrationRole' role with trust relationship to "
            "CloudFormation service.",
            "create this role in the account that you roll out from",
        ),
        ("Cancelled since failure tolerance has exceeded", "it was not tried"),
        ("Account used is not a delegated administrator", "organizations:ListDelegatedAdministrators"),
    ],
)
def test_reasons_of_failed_instances_have_a_remedy(reason: str, remedy: str) -> None:
    """In StackSets' own words."""
    assert remedy in (remedy_of(reason) or "")
