"""The suite that is generated for ``secure-enterprise`` passes in the embedded AWS, and sees what is altered."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support.component_samples import FIXED, fixed

from tap_templates import Settings, build
from tap_templates.deployment import Clients, deploy, uploader, write_outputs
from tap_templates.emulator import EmbeddedAws
from tap_templates.testing.generation import integration_tests

ANSWERS = {
    "Project": "payments",
    "Environment": "dev",
    "Owner": "team@example.com",
    "CostCenter": "CC-1",
    "AlarmEmail": "oncall@example.com",
}
ROOT = Path(__file__).parents[3]


class Project(NamedTuple):
    """A folder with a generated suite and the outputs of its stack, and where that stack is."""

    folder: Path
    stack_name: str
    environment: dict[str, str]
    clients: Clients

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """pytest over the suite, as a user runs it."""
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tap_templates.testing.plugin", "-W", "error", "-q", *arguments],
            cwd=self.folder,
            env={**os.environ, **self.environment, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


@pytest.fixture(scope="module")
def embedded() -> Iterator[EmbeddedAws]:
    """A server of its own: its stacks are found by their outputs."""
    with EmbeddedAws() as running:
        yield running


def project(folder: Path, embedded: EmbeddedAws, settings: Settings, answers: dict[str, str]) -> Project:
    """The flagship, deployed, with its outputs and its tests."""
    clients, stack = Clients(arguments=embedded.client_arguments()), build("secure-enterprise", settings)
    deployed = deploy(
        stack.to_json(compact=True),
        stack_name=f"s{uuid.uuid4().hex[:8]}",
        client=clients("cloudformation"),
        upload=uploader(clients),
        parameters=answers,
        poll_seconds=0.02,
    )
    write_outputs(folder / "cfn-outputs/flat-outputs.json", deployed.outputs)
    made = integration_tests(stack, answers, name="secure-enterprise.json")
    assert made.untested == ()
    suite = folder / "tests/integration"
    suite.mkdir(parents=True)
    for name, text in made.files.items():
        (suite / name).write_text(text, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n", encoding="utf-8")
    return Project(folder, deployed.name, embedded.environment(), clients)


@pytest.fixture(scope="module")
def flagship(embedded: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Everything asked for at upload."""
    return project(tmp_path_factory.mktemp("asked"), embedded, Settings(users=FIXED["users"]), ANSWERS)


def test_suite_passes_against_the_stack_it_was_made_for(flagship: Project) -> None:
    """Hundreds of checks, none skipped, no warning."""
    ran = flagship.run("--require-stack")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    [passed] = re.findall(r"tap-templates: (\d+) passed, 0 failed, 0 skipped, 0 infrastructure", ran.stdout)
    assert int(passed) > 250


def test_suite_of_the_form_with_keys_passes(embedded: EmbeddedAws, tmp_path: Path) -> None:
    """With KMS demanded for buckets and trail, and every setting fixed."""
    made = project(tmp_path, embedded, fixed(bucket="aws:kms", trail="aws:kms"), {})

    ran = made.run("--require-stack")

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_suite_sees_an_alteration_and_names_it(flagship: Project) -> None:
    """A bucket without versioning is one red test, with the bucket in its name."""
    outputs = json.loads((flagship.folder / "cfn-outputs/flat-outputs.json").read_text(encoding="utf-8"))
    s3: Any = flagship.clients("s3")
    bucket = outputs["DataBucketName"]
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    ran = flagship.run()
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    assert ran.returncode == 1
    assert re.findall(r"FAILED \S+::(\S+)", ran.stdout) == ["test_bucket_keeps_old_versions[DataBucket]"]


def test_suite_without_its_stack_says_so(flagship: Project, tmp_path: Path) -> None:
    """Outputs of no stack of the account are not taken for those of another one."""
    stale = tmp_path / "stale.json"
    stale.write_text('{"DataBucketName": "gone", "Arn": "arn:aws:sqs:us-east-1:111122223333:x"}', encoding="utf-8")

    ran = flagship.run(f"--stack-outputs={stale}", "-k", "test_bucket_keeps_old_versions")

    assert ran.returncode == 1
    assert "no stack of this account and region has the outputs of the outputs file" in ran.stdout


def test_known_gap_is_expected_in_the_embedded_aws(flagship: Project) -> None:
    """A test of what the embedded AWS does not apply is an expected failure; one that passes is a stale gap."""
    (flagship.folder / "tests/integration/test_gap.py").write_text(
        "import pytest\n\n\n"
        '@pytest.mark.promise("AWS::S3::Bucket", "AccelerateConfiguration")\n'
        '@pytest.mark.parametrize("applied", [False, True])\n'
        "def test_gap(applied, aws):\n"
        '    aws("sts").get_caller_identity()\n'
        "    assert applied\n",
        encoding="utf-8",
    )
    ran = flagship.run("-rfx", "tests/integration/test_gap.py")
    (flagship.folder / "tests/integration/test_gap.py").unlink()

    assert "1 failed, 1 xfailed" in ran.stdout
    assert "known gap of the embedded AWS: dropped by ministack's handler" in ran.stdout
    assert "FAILED tests/integration/test_gap.py::test_gap[True]" in ran.stdout
