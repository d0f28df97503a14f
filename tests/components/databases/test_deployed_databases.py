"""Databases in the embedded AWS: read back value by value, changed in place, altered and found, and deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support.component_samples import ANSWERS, fixed
from support.database_samples import GONE, KEYED, UNDEMANDED, both
from support.deployment import POLL_SECONDS, Sample, deployed

from tap_templates.contracts import contract
from tap_templates.deployment import Clients, Plan, deploy, uploader
from tap_templates.settings import Settings

LARGER = {"small_database": "db.m6g.large", "memory_aurora": "db.r7g.xlarge"}
SNAPSHOTS = {**UNDEMANDED, "data_retention": "any"}


@pytest.fixture(scope="module")
def sample(component_clients: Clients) -> Iterator[Sample]:
    """An instance and a cluster with all that is asked for at upload; each test leaves them as they were."""
    with deployed(both(Settings(requirements=GONE))[0].stack, component_clients, ANSWERS) as made:
        yield made


def test_everything_is_applied(sample: Sample) -> None:
    """Every value of the template is what the services say."""
    assert not sample.read_back().failures()


def test_outputs_resolve(sample: Sample) -> None:
    """Each is of the form that the contract promises."""
    template = both(Settings(requirements=GONE))[0].stack.to_dict()
    validator = Draft202012Validator(contract("databases", template))

    assert set(sample.outputs) == set(template["Outputs"])
    assert [error.message for error in validator.iter_errors(dict(sample.outputs))] == []
    assert sample.outputs["OrdersPort"] == sample.outputs["StockPort"] == "15432"
    assert len({sample.outputs[f"Stock{word}Address"] for word in ("", "Read")}) == 2


@pytest.mark.parametrize("title", ["Orders", "Stock"])
def test_owner_has_a_password_that_nobody_wrote(sample: Sample, title: str) -> None:
    """It is in Secrets Manager, and nowhere in the template."""
    secret = sample.clients("secretsmanager").get_secret_value(SecretId=sample.outputs[f"{title}SecretArn"])
    said = json.loads(secret["SecretString"])
    template = sample.clients("cloudformation").get_template(StackName=sample.name)["TemplateBody"]

    assert said["username"] == "dbowner"
    assert said["password"] not in json.dumps(template, default=str)


def test_writer_is_the_first_of_the_cluster(sample: Sample) -> None:
    """And the reader the other one."""
    [found] = sample.clients("rds").describe_db_clusters(DBClusterIdentifier=sample.ids["Stock"])["DBClusters"]

    assert {each["DBInstanceIdentifier"]: each["IsClusterWriter"] for each in found["DBClusterMembers"]} == {
        sample.ids["StockWriter"]: True,
        sample.ids["StockReader"]: False,
    }


def _instance(rds: Any, sample: Sample, **changes: Any) -> None:
    rds.modify_db_instance(DBInstanceIdentifier=sample.ids["Orders"], ApplyImmediately=True, **changes)


def _cluster(rds: Any, sample: Sample, **changes: Any) -> None:
    rds.modify_db_cluster(DBClusterIdentifier=sample.ids["Stock"], ApplyImmediately=True, **changes)


def _parameter(rds: Any, sample: Sample, value: str) -> None:
    changed = {"ParameterName": "rds.force_ssl", "ParameterValue": value, "ApplyMethod": "immediate"}
    [title] = [each for each in sample.ids if each.startswith("OrdersParameters")]
    rds.modify_db_parameter_group(DBParameterGroupName=sample.ids[title], Parameters=[changed])


def _events(rds: Any, sample: Sample, enabled: bool) -> None:
    rds.modify_event_subscription(SubscriptionName=sample.ids["OrdersEvents"], Enabled=enabled)


Change = Callable[[Any, Sample], None]
# What is altered, and how it is put back.
ALTERATIONS: dict[str, tuple[Change, Change]] = {
    "Orders.BackupRetentionPeriod": (
        lambda rds, sample: _instance(rds, sample, BackupRetentionPeriod=3),
        lambda rds, sample: _instance(rds, sample, BackupRetentionPeriod=0),
    ),
    "Orders.MultiAZ": (
        lambda rds, sample: _instance(rds, sample, MultiAZ=False),
        lambda rds, sample: _instance(rds, sample, MultiAZ=True),
    ),
    "Orders.DBInstanceClass": (
        lambda rds, sample: _instance(rds, sample, DBInstanceClass="db.t4g.large"),
        lambda rds, sample: _instance(rds, sample, DBInstanceClass="db.t4g.medium"),
    ),
    "Stock.DeletionProtection": (
        lambda rds, sample: _cluster(rds, sample, DeletionProtection=True),
        lambda rds, sample: _cluster(rds, sample, DeletionProtection=False),
    ),
    "OrdersParametersPostgres18.Parameters.rds.force_ssl": (
        lambda rds, sample: _parameter(rds, sample, "0"),
        lambda rds, sample: _parameter(rds, sample, "1"),
    ),
    "OrdersEvents.Enabled": (
        lambda rds, sample: _events(rds, sample, False),
        lambda rds, sample: _events(rds, sample, True),
    ),
}


@pytest.mark.parametrize("place", ALTERATIONS)
def test_alteration_is_found(sample: Sample, place: str) -> None:
    """Of an instance, a cluster, a parameter group and a subscription, with its place, and nothing else."""
    alter, restore = ALTERATIONS[place]
    rds = sample.clients("rds")
    alter(rds, sample)
    try:
        assert [f"{each.logical_id}.{each.path}" for each in sample.read_back().failures()] == [place]
    finally:
        restore(rds, sample)
    assert not sample.read_back().failures()


@pytest.mark.parametrize(("language", "keys"), [("postgres", KEYED), ("mysql", {})])
def test_a_larger_class_replaces_nothing(component_clients: Clients, language: str, keys: dict[str, Any]) -> None:
    """A change set modifies the instances in place: with the same addresses; a snapshot of each stays."""
    demands = {**SNAPSHOTS, **keys}
    small, large = (fixed(environment="dev", requirements=demands, sizes=sizes) for sizes in ({}, LARGER))
    plans: list[Plan] = []

    def confirm(plan: Plan) -> bool:
        plans.append(plan)
        return True

    with deployed(both(small, language=language)[0].stack, component_clients) as made:
        again = deploy(
            both(large, language=language)[0].stack.to_json(compact=True),
            stack_name=made.name,
            client=component_clients("cloudformation"),
            upload=uploader(component_clients),
            confirm=confirm,
            poll_seconds=POLL_SECONDS,
        )
        [plan] = plans
        changed = {change.logical_id: change.replacement for change in plan.changes}
        assert {"Orders", "StockWriter"} <= set(changed)
        assert set(changed.values()) == {"False"}
        assert not [change for change in plan.changes if change.loses or change.data_at_risk]
        assert again.outputs == made.outputs
        assert not made.read_back().failures()
        [found] = component_clients("rds").describe_db_instances(DBInstanceIdentifier=made.ids["Orders"])["DBInstances"]
        assert found["DBInstanceClass"] == LARGER["small_database"]

    rds = component_clients("rds")
    clusters = {each["DBClusterIdentifier"] for each in rds.describe_db_clusters()["DBClusters"]}
    assert made.ids["Stock"] not in clusters
    assert made.ids["Orders"] in {each["DBInstanceIdentifier"] for each in rds.describe_db_snapshots()["DBSnapshots"]}
    kept = rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]
    assert made.ids["Stock"] in {each["DBClusterIdentifier"] for each in kept}
