"""Whatever is altered or removed in the deployed stack turns a test of the generated suite red."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.component_samples import FIXED
from testing.generation.test_generated_suite import ANSWERS, ROOT, project

from tap_templates import Settings
from tap_templates.emulator import EmbeddedAws

pytestmark = pytest.mark.once

TARGET_PERCENT = 95
TIMEOUT_SECONDS = 300


def mutation_run(folder: Path, every: int) -> dict[str, Any]:
    """What became of every ``every``-th mutant of a stack of its own."""
    report = folder / "mutants.json"
    with EmbeddedAws() as embedded:
        made = project(folder, embedded, Settings(users=FIXED["users"]), ANSWERS)
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tap_templates.testing.plugin", "-p", "support.mutation_run", "-q"],
            cwd=folder,
            env={
                **os.environ,
                **made.environment,
                "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
                "MUTANTS_EVERY": str(every),
                "MUTANTS_REPORT": str(report),
                "MUTANTS_STACK": made.stack_name,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("every", [23, pytest.param(1, marks=pytest.mark.slow)])
def test_mutants_are_caught(every: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At least 95 of 100; all were undone, so that each was seen alone; few are refused by the service itself."""
    found = mutation_run(tmp_path, every)

    caught, survived = len(found["caught"]), len(found["survived"])
    score = 100 * caught / (caught + survived)
    with capsys.disabled():
        print(f"\nmutants: {caught} of {caught + survived} caught ({score:.1f} %), {len(found['refused'])} refused")
        for what in ("survived", "refused"):
            for name in found[what]:
                print(f"  {what}: {name}")
    assert found["not undone"] == []
    assert caught + survived > 900 / every
    assert len(found["refused"]) <= (caught + survived) / 50, found["refused"]
    assert score >= TARGET_PERCENT
