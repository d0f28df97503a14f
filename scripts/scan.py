"""Runs checkov, an independent scanner, on the committed templates; nothing may fail that has no reason on record.

usage: python scripts/scan.py

Exit code 1 where a check fails that ``checkov_exceptions.yaml`` does not except, or where an exception is no longer
needed. Checkov is told to fetch nothing, and runs without a network.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import yaml

ROOT = pathlib.Path(__file__).parents[1]
EXCEPTIONS = pathlib.Path(__file__).with_name("checkov_exceptions.yaml")
OPTIONS = ("--framework", "cloudformation", "--compact", "--skip-download", "--output", "json")
FINISHED = (0, 1)  # Checkov's exit codes where it has looked at everything: nothing failed, something did.


class Result(NamedTuple):
    """What one check says of one resource of one file; ``resource`` is as in ``AWS::S3::Bucket.Logs``."""

    file: str
    check: str
    name: str
    resource: str
    passed: bool


class Accepted(NamedTuple):
    """A check that may fail for a resource, or for every resource of a type, and why."""

    check: str
    resource: str
    reason: str

    def covers(self, result: Result) -> bool:
        """Whether a result is what is accepted."""
        same = result.resource == self.resource or result.resource.startswith(f"{self.resource}.")
        return same and result.check == self.check


def main() -> int:
    """Prints what was scanned and what is wrong; the exit code."""
    files = sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").glob("*.json")
        if not path.name.endswith(".outputs.json")
    )
    results = scan(files)
    accepted = read_exceptions(EXCEPTIONS.read_text(encoding="utf-8"))
    faults = [*problems(files, results, accepted)]
    for fault in faults:
        print(fault)
    failed = sum(not result.passed for result in results)
    print(
        f"checkov: {len(files)} template(s), {len(results) - failed} checks passed, {failed} failed, "
        f"{len(accepted)} exception(s), {len(faults)} problem(s)"
    )
    return 1 if faults else 0


def scan(files: Sequence[str]) -> list[Result]:
    """Every result of checkov for some files below the root.

    Raises:
        SystemExit: Checkov did not finish.
    """
    named = [part for file in files for part in ("--file", file)]
    command = [sys.executable, "-m", "checkov.main", *OPTIONS, *named]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - nothing in it is input.
    if done.returncode not in FINISHED:
        raise SystemExit(f"checkov: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return list(results_of(json.loads(done.stdout)))


def results_of(report: Mapping[str, Any]) -> Iterator[Result]:
    """The results in checkov's JSON; it has none where nothing could be read."""
    for outcome in ("passed", "failed"):
        for row in report.get("results", {}).get(f"{outcome}_checks", ()):
            file = row["file_path"].lstrip("/")
            yield Result(file, row["check_id"], row["check_name"], row["resource"], outcome == "passed")


def read_exceptions(text: str) -> list[Accepted]:
    """The exceptions in a YAML text."""
    return [Accepted(row["check"], row["resource"], row["reason"]) for row in yaml.safe_load(text)]


def problems(files: Iterable[str], results: Sequence[Result], accepted: Sequence[Accepted]) -> Iterator[str]:
    """What is wrong, one line each: failed checks, exceptions without need, files that were not looked at."""
    for file in files:
        if not any(result.passed for result in results if result.file == file):
            yield f"{file}: found no passed check; checkov could not read it as a template"
    failed = [result for result in results if not result.passed]
    for result in failed:
        if not any(each.covers(result) for each in accepted):
            yield f"{result.file}: {result.resource}: {result.check}: {result.name}"
    for each in accepted:
        if not any(each.covers(result) for result in failed):
            yield f"{EXCEPTIONS.name}: {each.check} of {each.resource}: no longer needed; remove it"


if __name__ == "__main__":
    sys.exit(main())
