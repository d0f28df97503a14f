"""Times ``tap-templates generate secure-enterprise`` beside a bare troposphere script of the same resources.

Everything is measured in one run and pair by pair, since machines drift: a cold process of each in turn, and many
stacks in one process of each in turn. Prints medians and the medians of the ratios; judges nothing.

usage: python benchmarks/generate.py [PAIRS]     default: 15
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from measuring import HERE, SCRIPTS, cold, rounds, table

PROGRAM = os.path.join(SCRIPTS, "tap-templates")
STACKS = 100
BARE = [sys.executable, "-c", "import bare; bare.main()"]
COLD = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "bare script": BARE,
    "tap-templates generate": [PROGRAM, "generate", "secure-enterprise"],
}
WARM = """
import time
{setup}
make()
began = time.perf_counter()
for _ in range({stacks}):
    make()
print((time.perf_counter() - began) / {stacks})
"""
WARM_SETUPS = {
    "bare script": "import bare\ndef make(): bare.build().to_json(indent=2, sort_keys=False)",
    "library": "from tap_templates import build\ndef make(): build('secure-enterprise').to_json()",
}


def main() -> None:
    """Prints the tables."""
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    _check_same_resources()
    print(f"{pairs} rounds, each command once a round; Python {sys.version.split()[0]}\n")
    processes = rounds(pairs, {name: lambda command=command: cold(command) for name, command in COLD.items()})
    table("cold process, seconds", processes, "bare script")
    memory = {name: _peak_mib(command) for name, command in COLD.items()}
    print("\npeak memory, MiB: " + ", ".join(f"{name} {mib:.0f}" for name, mib in memory.items()))
    warm = rounds(max(3, pairs // 3), {name: lambda setup=setup: _warm(setup) for name, setup in WARM_SETUPS.items()})
    print()
    table(f"one of {STACKS} stacks in one process, seconds", warm, "bare script")


def _check_same_resources() -> None:
    """Both sides build the same; troposphere sorts the tags."""
    made = json.loads(subprocess.run(BARE, capture_output=True, check=True, cwd=HERE).stdout)
    ours = json.loads(subprocess.run(COLD["tap-templates generate"], capture_output=True, check=True).stdout)
    for template in (made, ours):
        for resource in template["Resources"].values():
            resource["Properties"].get("Tags", []).sort(key=lambda tag: tag["Key"])
    if made != ours:
        raise SystemExit("bare.py builds something else: run python benchmarks/write_bare.py")


def _warm(setup: str) -> float:
    code = WARM.format(setup=setup, stacks=STACKS)
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=HERE).stdout)


def _peak_mib(command: list[str]) -> float:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=HERE)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
