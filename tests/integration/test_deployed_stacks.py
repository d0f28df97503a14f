"""Deploying the flagship: side by side, again, and its outputs."""

from __future__ import annotations

import itertools
import json
import pathlib
import re
from collections import Counter

from integration.conftest import ANSWERS, Deployed
from jsonschema import Draft202012Validator

from tap_templates import Settings, build
from tap_templates.contracts import contract
from tap_templates.data.regions import partition_of, regions
from tap_templates.deployment import Clients, deploy, stack_outputs, uploader, write_outputs


def moved(value: str, region: str) -> str:
    """The value as the same stack would have it in another region."""
    partition = partition_of(region)
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    value = re.sub(r"^http://[^/]+/", f"https://sqs.{region}.{suffix}/", value)
    return value.replace("arn:aws:", f"arn:{partition}:").replace("us-east-1", region)


def test_two_stacks_side_by_side_share_no_name(deployed: Deployed) -> None:
    """The same template with the same answers, deployed again beside itself, completes with names of its own."""
    body = build("secure-enterprise").to_json(compact=True)

    second = deploy(
        body,
        stack_name="beside",
        client=deployed.clients("cloudformation"),
        upload=uploader(deployed.clients),
        parameters=ANSWERS,
    )

    assert second.status == "CREATE_COMPLETE"
    names = {value for key, value in second.outputs.items() if key.endswith(("Name", "Arn", "Url", "Id"))}
    others = {value for key, value in deployed.stack.outputs.items() if key.endswith(("Name", "Arn", "Url", "Id"))}
    assert names.isdisjoint(others)


def test_deploying_the_same_again_changes_nothing(deployed: Deployed) -> None:
    """A second deployment of the same template and answers finds no changes and keeps the outputs."""
    from integration.conftest import USERS

    body = build("secure-enterprise", Settings(users=USERS)).to_json(compact=True)

    again = deploy(
        body,
        stack_name=deployed.stack.name,
        client=deployed.clients("cloudformation"),
        upload=uploader(deployed.clients),
        parameters=ANSWERS,
    )

    assert not again.changed
    assert again.outputs == deployed.stack.outputs


def test_update_by_change_set_keeps_every_named_resource(deployed: Deployed) -> None:
    """A longer retention updates the log groups in place: no output has another value afterwards."""
    body = build("secure-enterprise").to_json(compact=True)
    first = deploy(
        body,
        stack_name="updated",
        client=deployed.clients("cloudformation"),
        upload=uploader(deployed.clients),
        parameters=ANSWERS,
    )

    second = deploy(
        body,
        stack_name="updated",
        client=deployed.clients("cloudformation"),
        upload=uploader(deployed.clients),
        parameters={**ANSWERS, "LogRetentionDays": "731"},
    )

    assert second.changed
    assert second.outputs == first.outputs
    groups = deployed.clients("logs").describe_log_groups(logGroupNamePrefix=second.outputs["TrailLogName"])
    assert [group["retentionInDays"] for group in groups["logGroups"]] == [731]


def test_every_output_resolves_and_the_flat_file_holds_them(deployed: Deployed, tmp_path: pathlib.Path) -> None:
    """More than thirty outputs, none empty or unresolved, in one flat object of strings."""
    path = write_outputs(
        tmp_path / "cfn-outputs/flat-outputs.json",
        stack_outputs(deployed.clients("cloudformation"), deployed.stack.name),
    )

    flat = json.loads(path.read_text(encoding="utf-8"))
    template = build("secure-enterprise", Settings(users=[{"name": "alice", "groups": ["developers"]}]))
    assert len(flat) > 30
    assert set(template.to_dict()["Outputs"]) <= set(flat)
    assert all(isinstance(value, str) and value and "${" not in value for value in flat.values())
    assert re.fullmatch(r"payments-dev-data-bucket-[0-9a-f]{8}", flat["DataBucketName"])


def test_deployed_values_satisfy_the_contract_in_every_region(deployed: Deployed) -> None:
    """What CloudFormation answers is what the template promises, and so it is with the ARNs of every other region."""
    from integration.conftest import USERS

    template = build("secure-enterprise", Settings(users=USERS)).to_dict()
    validator = Draft202012Validator(contract("secure-enterprise", template))
    flat = dict(deployed.stack.outputs)

    validator.validate(flat)
    for region in regions():
        elsewhere = {key: moved(value, region) for key, value in flat.items()}
        assert [error.message for error in validator.iter_errors(elsewhere)] == [], region


def test_no_deployed_value_passes_as_another_one(deployed: Deployed) -> None:
    """Under each output's pattern, every value of another output is found wrong, but for the ids of two keys."""
    from integration.conftest import USERS

    said = contract("secure-enterprise", build("secure-enterprise", Settings(users=USERS)).to_dict())["properties"]
    confused = {
        (key, other)
        for key, other in itertools.permutations(said, 2)
        if said[key]["pattern"] != said[other]["pattern"]
        and re.search(said[key]["pattern"], deployed.stack.outputs[other])
    }

    assert confused == set()
    alike = Counter(each["pattern"] for each in said.values())
    assert [count for count in alike.values() if count > 1] == [2, 2]  # KMS keys have no name: their ARNs and ids.


def test_other_accounts_and_regions_take_the_same_template(deployed: Deployed) -> None:
    """The template names no account or region: it completes in another account and region with their ARNs."""
    elsewhere = Clients(arguments=deployed.embedded.client_arguments(account="444455556666", region="eu-west-1"))
    body = build("secure-enterprise").to_json(compact=True)

    stack = deploy(
        body, stack_name="elsewhere", client=elsewhere("cloudformation"), upload=uploader(elsewhere), parameters=ANSWERS
    )

    assert stack.status == "CREATE_COMPLETE"
    assert stack.outputs["KeyRotationArn"].startswith("arn:aws:lambda:eu-west-1:444455556666:function:payments-dev-")
