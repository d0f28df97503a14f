"""Tables behind the checks: stateful types, security policies of load balancers, conditions that close a policy."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from tap_templates.data import load
from tap_templates.data.closing_conditions import closing_keys
from tap_templates.data.stateful_types import StatefulType, passing, stateful_type
from tap_templates.data.tls_policies import default, recommended, versions


def test_stateful_type_says_what_it_holds() -> None:
    """An instance of a cluster holds nothing of its own; a topic is not in the table."""
    assert stateful_type("AWS::RDS::DBInstance") == StatefulType("rows", True, "DBClusterIdentifier")
    assert stateful_type("AWS::S3::Bucket") == StatefulType("objects", False, None)
    assert stateful_type("AWS::SNS::Topic") is None


def test_types_with_snapshots_are_those_of_cfn_lint() -> None:
    """CloudFormation makes snapshots of these and no others."""
    helpers: Any = importlib.import_module("cfnlint.helpers")
    table = load("stateful_types.json")["types"]

    assert sorted(name for name, row in table.items() if row["snapshot"]) == sorted(helpers.valid_snapshot_types)


def test_what_cfn_lint_calls_stateful_is_in_the_table_or_passes_with_a_reason() -> None:
    """Services that AWS has closed, and accounts, are left out."""
    specs: Any = importlib.import_module("cfnlint.helpers")
    additional: Any = importlib.import_module("cfnlint.data.AdditionalSpecs")
    known = set(specs.load_resource(additional, "StatefulResources.json")["ResourceTypes"])
    left_out = {"AWS::Organizations::Account", "AWS::QLDB::Ledger", "AWS::SDB::Domain"}

    assert known - set(load("stateful_types.json")["types"]) - set(passing()) == left_out


def test_queue_of_dead_letters_passes_with_a_reason() -> None:
    """The reason is for whoever asks why it may be deleted."""
    assert passing()["AWS::SQS::Queue, for dead letters"].startswith("copies of messages whose senders still know them")


def test_versions_are_in_order_and_the_name_tells_the_oldest() -> None:
    """``TLS13-1-2`` takes nothing older than 1.2, and TLS 1.3."""
    for name in load("tls_policies.json")["policies"]:
        taken = versions(name) or ()
        assert list(taken) == sorted(taken)
        if "-TLS13-" in name:
            oldest = ".".join(name.partition("-TLS13-")[2].split("-")[:2])
            assert (taken[0], taken[-1]) == (oldest, "1.3"), name


def test_recommended_policies_take_nothing_older() -> None:
    """For each floor there is one; the default is older than any floor."""
    assert versions(recommended("1.2")) == ("1.2", "1.3")
    assert versions(recommended("1.3")) == ("1.3",)
    assert versions(default()) == ("1.0", "1.1", "1.2")
    assert versions("ELBSecurityPolicy-Unknown") is None


@pytest.mark.parametrize("key", ["aws:sourceaccount", "aws:principalorgid", "kms:calleraccount"])
def test_closing_keys_are_in_lower_case(key: str) -> None:
    """AWS compares condition keys without regard to case."""
    assert key in closing_keys()
    assert "aws:securetransport" not in closing_keys()
