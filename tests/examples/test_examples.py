"""The programs and settings files that users copy do what they say."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
import time

import pytest

from tap_templates import build
from tap_templates.cli import main
from tap_templates.settings.file import environments, load

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"


def test_payments_settings_build_every_environment() -> None:
    """Both environments ask for nothing and differ as the file says."""
    path = str(EXAMPLES / "payments/tap.yaml")
    assert environments(path) == ["dev", "prod"]
    dev, prod = (build("secure-enterprise", load(path, name)).to_dict() for name in ("dev", "prod"))
    assert "Parameters" not in dev
    assert "Parameters" not in prod
    assert dev["Resources"]["TrailLog"]["Properties"]["RetentionInDays"] == 365
    assert prod["Resources"]["TrailLog"]["Properties"]["RetentionInDays"] == 731
    assert dev["Resources"]["KeyRotation"]["Properties"]["ReservedConcurrentExecutions"] == 1
    assert prod["Resources"]["KeyRotation"]["Properties"]["ReservedConcurrentExecutions"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_payments_passes_every_check(
    environment: str, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the settings make is without findings under the requirements that they state."""
    settings = ["-c", str(EXAMPLES / "payments/tap.yaml"), "-e", environment]
    template = str(tmp_path / "t.json")

    assert main(["generate", *settings, "-o", template]) == 0
    assert main(["check", template, *settings]) == 0
    assert "0 errors, 0 warnings, 0 informational" in capsys.readouterr().out


def test_reports_stack_names_and_tags_its_raw_resource() -> None:
    """The library example prints a template in which the plain troposphere resource follows the convention."""
    program = EXAMPLES / "reports/stack.py"
    printed = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=True).stdout
    template = json.loads(printed)
    parameter = template["Resources"]["BucketPointer"]["Properties"]
    assert parameter["Name"]["Fn::Sub"][0] == "reports-dev-bucket-pointer-${Suffix}"
    assert parameter["Tags"]["Project"] == "reports"
    assert parameter["Tags"]["Name"] == "reports-dev-bucket-pointer"
    assert "BucketPointerName" in template["Outputs"]
    assert template["Resources"]["Reader"]["Properties"]["PermissionsBoundary"] == {"Ref": "RoleBoundary"}


@pytest.fixture(scope="module")
def adopted() -> str:
    """What the script that was written by hand prints."""
    program = EXAMPLES / "adopted/stack.py"
    return subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=True).stdout


def test_adopted_stack_is_named_tagged_and_in_the_outputs(adopted: str) -> None:
    """Every resource is plain troposphere; names, tags, outputs and the form are the library's."""
    template = json.loads(adopted)
    orders = template["Resources"]["Orders"]["Properties"]
    tags = {tag["Key"] for tag in orders["Tags"]}

    assert orders["TableName"]["Fn::Sub"][0] == "orders-${Environment}-orders-${Suffix}"
    assert tags == {"Project", "Environment", "Owner", "CostCenter", "DataClassification", "ManagedBy", "Name"}
    taggable = set(template["Resources"]) - {"NoticesPolicy"}
    assert {name for name in taggable if "Tags" in template["Resources"][name]["Properties"]} == taggable
    assert {"OrdersName", "OrdersArn", "NoticesArn", "AuditName", "ReadsThrottledName"} <= set(template["Outputs"])
    assert list(template["Parameters"]) == ["Environment", "CostCenter", "DataClassification"]


def test_adopted_stack_passes_every_check(
    adopted: str, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And a control that is forgotten by hand is found."""
    path = tmp_path / "orders.json"
    path.write_text(adopted, encoding="utf-8")
    assert main(["check", str(path)]) == 0
    assert "0 errors, 0 warnings, 0 informational" in capsys.readouterr().out

    template = json.loads(adopted)
    del template["Resources"]["ReadsThrottled"], template["Outputs"]["ReadsThrottledName"]
    del template["Outputs"]["ReadsThrottledArn"]
    path.write_text(json.dumps(template), encoding="utf-8")
    assert main(["check", str(path)]) == 1
    assert "E9704" in capsys.readouterr().out


def test_adopted_stack_is_deployed_and_read_back(adopted: str) -> None:
    """Every value that the script states is applied."""
    from tap_templates.deployment import Clients, delete, deploy
    from tap_templates.deployment.verification import verify
    from tap_templates.emulator import EmbeddedAws, gap_reason

    with EmbeddedAws() as aws:
        clients = Clients(arguments=aws.client_arguments())
        client = clients("cloudformation")
        answers = {"Environment": "dev", "CostCenter": "CC-1"}
        deployed = deploy(adopted, stack_name="orders", client=client, parameters=answers, poll_seconds=0.05)

        assert deployed.outputs["OrdersName"].startswith("orders-dev-orders-")
        assert not verify(clients, "orders", gap_reason=gap_reason).failures()
        delete("orders", client=client, poll_seconds=0.05)


@pytest.fixture(scope="module")
def pipeline() -> str:
    """What the event pipeline's program prints."""
    program = EXAMPLES / "pipeline/stack.py"
    return subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=True).stdout


def test_pipeline_is_short_and_passes_every_check(
    pipeline: str, tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An event pipeline takes less than 30 lines."""
    path = tmp_path / "orders.json"
    path.write_text(pipeline, encoding="utf-8")

    assert len((EXAMPLES / "pipeline/stack.py").read_text(encoding="utf-8").splitlines()) < 30
    assert main(["check", str(path)]) == 0
    assert "0 errors, 0 warnings, 0 informational" in capsys.readouterr().out


def test_order_comes_through_the_pipeline(pipeline: str) -> None:
    """Deployed and read back; what is sent to the queue is in the table, and what is no order stays in the queue."""
    from tap_templates.deployment import Clients, delete, deploy, uploader
    from tap_templates.deployment.verification import verify
    from tap_templates.emulator import EmbeddedAws, gap_reason

    with EmbeddedAws() as aws:
        clients = Clients(arguments=aws.client_arguments())
        client = clients("cloudformation")
        deployed = deploy(
            pipeline,
            stack_name="orders",
            client=client,
            parameters={"CostCenter": "CC-1"},
            upload=uploader(clients),
            poll_seconds=0.05,
        )
        outputs = deployed.outputs
        assert not verify(clients, "orders", gap_reason=gap_reason).failures()

        for body in ('{"id": "1", "what": "tea"}', "no order"):
            clients("sqs").send_message(QueueUrl=outputs["IncomingUrl"], MessageBody=body)
        orders = clients("dynamodb")
        deadline = time.monotonic() + 30
        while not (found := orders.scan(TableName=outputs["OrdersName"])["Items"]) and time.monotonic() < deadline:
            time.sleep(0.1)

        assert found == [{"id": {"S": "1"}, "what": {"S": "tea"}}]
        delete("orders", client=client, poll_seconds=0.05)
