"""Runs of pytest with the kit, in a process of their own and away from every account."""

from __future__ import annotations

import importlib
import pkgutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import NamedTuple

import pytest

import tap_templates.deployment
import tap_templates.emulator
import tap_templates.testing

# An inner run in this process forgets the modules that it loads; these it shall find loaded, and leave so.
for module in pkgutil.walk_packages(tap_templates.testing.__path__, f"{tap_templates.testing.__name__}."):
    importlib.import_module(module.name)

OUTPUTS = '{"QueueArn": "arn:aws:sqs:eu-west-1:111122223333:jobs", "QueueName": "jobs"}'
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


class Case(NamedTuple):
    """A test of an inner run as its JUnit file has it."""

    outcome: str
    verdict: str
    kind: str
    reason: str


class InnerRun(NamedTuple):
    """An inner run: exit status, what it printed, and its tests by name."""

    status: int
    text: str
    cases: dict[str, Case]


Inner = Callable[..., InnerRun]


def cases_of(junit: str) -> dict[str, Case]:
    """Tests by name, as a JUnit file has them; a test with two entries counts with its worse one."""
    cases: dict[str, Case] = {}
    for test in ElementTree.fromstring(junit).iter("testcase"):
        said = {entry.get("name", ""): entry.get("value", "") for entry in test.iter("property")}
        outcome = next((tag for tag in ("error", "failure", "skipped") if test.find(tag) is not None), "passed")
        verdict, kind, reason = (said.get(f"tap-templates.{word}", "") for word in ("verdict", "kind", "reason"))
        cases[test.get("name", "")] = Case(outcome, verdict, kind, reason)
    return cases


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Inner:
    """Runs pytest on the files of the test's folder: ``inner("-k", "x", test="def test_x(): ...")``.

    ``here`` runs it in this process, which is faster: for runs that neither load the SDK nor are distributed.
    """

    def run(
        *arguments: str, test: str = "", credentials: bool = True, plugin: bool = True, here: bool = False
    ) -> InnerRun:
        for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        for name, value in CREDENTIALS.items():
            if credentials:
                monkeypatch.setenv(name, value)
            else:
                monkeypatch.delenv(name, raising=False)
        if test:
            pytester.makepyfile(test_inner=test)
        loaded = ["-p", f"{'' if plugin else 'no:'}tap_templates.testing.plugin"]
        # In this process the plugin may be loaded already, by the entry point of the installed package.
        loaded += ["-W", "error", "-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
        start = pytester.runpytest_inprocess if here else pytester.runpytest_subprocess
        result = start(*loaded, "-p", "no:cacheprovider", "--junitxml=junit.xml", *arguments)
        junit = pytester.path / "junit.xml"
        cases = cases_of(junit.read_text(encoding="utf-8")) if junit.exists() else {}
        return InnerRun(int(result.ret), result.stdout.str() + result.stderr.str(), cases)

    return run


@pytest.fixture
def outputs_file(pytester: pytest.Pytester) -> None:
    """An outputs file where convention has it."""
    pytester.mkdir("cfn-outputs")
    (pytester.path / "cfn-outputs" / "flat-outputs.json").write_text(OUTPUTS, encoding="utf-8")
