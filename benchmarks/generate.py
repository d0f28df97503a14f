"""Times ``tap-templates generate`` beside a bare troposphere script of the same resources, for each blueprint.

Everything is measured in one run and pair by pair, since machines drift: a cold process of each in turn, and many
stacks in one process of each in turn. Prints medians and the medians of the ratios; judges nothing.

usage: python benchmarks/generate.py [PAIRS [BLUEPRINT ...]]     default: 15, every blueprint
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bare import write_bare
from measuring import SCRIPTS, cold, rounds, table

from tap_templates import build
from tap_templates.blueprints import BLUEPRINTS

PROGRAM = os.path.join(SCRIPTS, "tap-templates")
STACKS = 100
BARE = [sys.executable, "-c", "import bare_script; bare_script.main()"]
WARM = """
import time
{setup}
make()
began = time.perf_counter()
for _ in range({stacks}):
    make()
print((time.perf_counter() - began) / {stacks})
"""
PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
WARM_BARE = "import bare_script\ndef make(): bare_script.build().to_json(indent=2, sort_keys=False)"
WARM_LIBRARY = "from tap_templates import build\ndef make(): build({blueprint!r}).to_json()"


def main() -> None:
    """Prints the tables of each blueprint."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    print(f"{pairs} rounds, each command once a round; Python {sys.version.split()[0]}")
    for blueprint in sys.argv[2:] or BLUEPRINTS:
        print(f"\n{blueprint}\n")
        with tempfile.TemporaryDirectory() as folder:
            write_bare(build(blueprint).to_dict(), Path(folder, "bare_script.py"))
            _measure(blueprint, pairs, folder)


def _measure(blueprint: str, pairs: int, folder: str) -> None:
    generate = [PROGRAM, "generate", blueprint]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "bare script": BARE,
        "tap-templates generate": generate,
    }
    _check_same_resources(generate, folder)
    measures = {name: lambda command=command: cold(command, folder) for name, command in commands.items()}
    table("cold process, seconds", rounds(pairs, measures), "bare script")
    memory = {name: _peak_mib(command, folder) for name, command in commands.items()}
    print("\npeak memory, MiB: " + ", ".join(f"{name} {mib:.0f}" for name, mib in memory.items()) + "\n")
    setups = {"bare script": WARM_BARE, "library": WARM_LIBRARY.format(blueprint=blueprint)}
    warm = {name: lambda setup=setup: _warm(setup, folder) for name, setup in setups.items()}
    table(f"one of {STACKS} stacks in one process, seconds", rounds(max(3, pairs // 3), warm), "bare script")


def _check_same_resources(generate: list[str], folder: str) -> None:
    """Both sides build the same; troposphere sorts the tags."""
    made = json.loads(subprocess.run(BARE, capture_output=True, check=True, cwd=folder).stdout)
    ours = json.loads(subprocess.run(generate, capture_output=True, check=True).stdout)
    for template in (made, ours):
        for resource in template["Resources"].values():
            tags = resource.get("Properties", {}).get("Tags", [])
            if isinstance(tags, list):
                tags.sort(key=lambda tag: tag["Key"])
    if made != ours:
        raise SystemExit("bare.py writes a script that builds something else")


def _warm(setup: str, folder: str) -> float:
    code = WARM.format(setup=setup, stacks=STACKS)
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=folder).stdout)


def _peak_mib(command: list[str], folder: str) -> float:
    """Of a process that a small one starts: a child's peak begins with what its parent has."""
    run = [sys.executable, "-c", PEAK, *command]
    return float(subprocess.run(run, capture_output=True, check=True, cwd=folder).stdout) / 1024


if __name__ == "__main__":
    main()
