"""The section ``network`` of the settings: what it may say, and what is said of what it may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator

from tap_templates import Settings
from tap_templates.components.network import TIERS
from tap_templates.errors import SettingsError
from tap_templates.settings import NetworkSettings
from tap_templates.settings.file import load
from tap_templates.settings.models import json_schema
from tap_templates.settings.network import EVERY_TIER, NetworkModel

BLOCKS = {"public": "10.0.0.0/24", "private": "10.0.2.0/23"}


def test_there_is_none_by_default() -> None:
    """With and without other settings."""
    assert Settings().network is None
    assert Settings(project="pay").network is None


@pytest.mark.parametrize("given", [{}, NetworkSettings()])
def test_empty_section_is_a_network_with_every_default(given: Any) -> None:
    """Which the file's defaults are, too."""
    assert Settings(network=given).network == NetworkSettings()
    defaults = {**NetworkSettings()._asdict(), "tiers": [*TIERS], "endpoints": ["s3", "dynamodb"]}
    assert NetworkModel().model_dump() == defaults
    assert tuple(EVERY_TIER) == TIERS


@pytest.mark.parametrize("tiers", [("isolated",), BLOCKS])
def test_everything_can_be_said(tiers: Any) -> None:
    """Tiers by name, or with the block of each."""
    said = NetworkSettings("10.0.0.0/16", 20, 3, tiers, ("sqs", "ecr.api"), "bucket", True)

    assert Settings(network=said).network == said
    assert Settings(network=said._asdict()).network == said


@pytest.mark.parametrize(
    ("network", "problem"),
    [
        ({"zones": 4}, "Settings.network.zones: found 4; use a whole number of at most 3"),
        ({"zones": "2"}, "Settings.network.zones: found '2'; use a whole number"),
        ({"prefix_length": 8}, "Settings.network.prefix_length: found 8; use a whole number of at least 16"),
        ({"cidr": 10}, "Settings.network.cidr: found 10; use text; put it in quotes"),
        (
            {"tiers": ["privat"]},
            "Settings.network.tiers.0: found 'privat'; use public, private or isolated (did you mean private?)",
        ),
        (
            {"tiers": {"privat": "10.0.0.0/24"}},
            "Settings.network.tiers.privat: found 'privat'; use public, private or isolated (did you mean private?)",
        ),
        ({"tiers": {"public": 5}}, "Settings.network.tiers.public: found 5; use text; put it in quotes"),
        ({"tiers": []}, "Settings.network.tiers: found []; use a list with at least one entry"),
        ({"tiers": "public"}, "Settings.network.tiers: found 'public'; use a list"),
        ({"flow_logs": "s3"}, "Settings.network.flow_logs: found 's3'; use logs or bucket"),
        ({"acls": "yes"}, "Settings.network.acls: found 'yes'; use true or false"),
        (
            {"acl": True},
            "Settings.network.acl: found an unknown key 'acl'; use one of cidr, prefix_length, zones, tiers, "
            "endpoints, flow_logs, acls (did you mean acls?)",
        ),
        ([], "Settings.network: found []; use a mapping of keys to values"),
    ],
)
def test_value_that_cannot_be(network: Any, problem: str) -> None:
    """Its place, the value, and what to use."""
    with pytest.raises(SettingsError) as caught:
        Settings(network=network)

    assert list(caught.value.problems) == [problem]


def test_unknown_service_is_answered_with_the_nearest() -> None:
    """After all that there are."""
    with pytest.raises(SettingsError) as caught:
        Settings(network={"endpoints": ["s3", "secretmanager"]})

    [problem] = caught.value.problems
    assert problem.startswith("Settings.network.endpoints.1: found 'secretmanager'; use dynamodb, s3, acm-pca, ")
    assert problem.endswith("(did you mean secretsmanager?)")


def test_environments_can_differ(tmp_path: Path) -> None:
    """One has a network of its own, another none."""
    path = tmp_path / "tap.yaml"
    path.write_text(
        "version: 1\nproject: pay\nnetwork: {zones: 3}\n"
        "environments:\n  dev: {network: {zones: 1, tiers: [isolated]}}\n  prod: {}\n"
    )

    assert load(str(path), "dev").network == NetworkSettings(zones=1, tiers=("isolated",))
    assert load(str(path), "prod").network == NetworkSettings(zones=3)


def test_fault_in_a_file_has_its_line(tmp_path: Path) -> None:
    """Of each value, in one run."""
    path = tmp_path / "tap.yaml"
    path.write_text("version: 1\nproject: pay\nnetwork:\n  zones: 0\n  tiers: [public, publik]\n")

    with pytest.raises(SettingsError) as caught:
        load(str(path))

    assert [problem.partition(": found ")[0] for problem in caught.value.problems] == [
        f"{path}:4: network.zones",
        f"{path}:5: network.tiers.1",
    ]


@pytest.mark.parametrize(
    ("network", "places"),
    [
        ({"tiers": ["public"], "endpoints": ["sqs"]}, []),
        ({"tiers": BLOCKS, "cidr": "10.0.0.0/16"}, []),
        (None, []),
        ({"tiers": ["publik"]}, ["network"]),
        ({"endpoints": ["nothing"]}, ["network"]),
    ],
)
def test_schema_of_the_file_knows_it(network: Any, places: list[str]) -> None:
    """Editors say what it may be."""
    data = {"version": 1, "network": network}
    faults = StandardValidator(json_schema()).iter_errors(data)

    assert [str(fault.path[0]) for fault in faults] == places
