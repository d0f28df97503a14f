"""Times building a stack of 10 to 500 resources, each size in a process of its own, with its peak memory.

A stack is as many functions and tables as give the number of resources, with their roles, policies, log groups, dead
letters, alarms, names, tags and outputs.
Prints, for both, what a resource more costs (the slope of the straight line through the medians), and how straight the
line is: r² of 1 is linear. The imports, and a first small stack, are not timed. Judges nothing.

usage: python benchmarks/scaling.py [ROUNDS]     default: 5
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

from measuring import HERE

SIZES = (10, 50, 100, 200, 300, 400, 500)
PAIR = 13  # Resources of a function and its table.
PROCESS = "import scaling; scaling.measure({size})"


def measure(size: int) -> None:
    """Prints the number of resources of a stack, the seconds it takes, and the process's peak in MiB."""
    import resource
    import time

    build(SIZES[1])
    began = time.perf_counter()
    count = build(size)
    seconds = time.perf_counter() - began
    print(count, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def build(size: int) -> int:
    """Builds one stack of at most so many resources, and returns how many it has."""
    from tap_templates import Settings, Stack
    from tap_templates.components.alarms import alarm_topic
    from tap_templates.components.functions import function
    from tap_templates.components.tables import table

    stack = Stack(
        Settings(project="scaling", environment="dev", owner="team@example.com"), description="Many resources"
    )
    topic, resources, number = alarm_topic(stack), stack.template.resources, 0
    while len(resources) <= size - PAIR:
        number += 1
        held = table(stack, f"Orders{number}", topic=topic, partition=("id", "string"))
        function(
            stack,
            f"Writer{number}",
            topic=topic,
            source="def handler(event, context): ...",
            description="Writes orders",
            statements=held.write(),
        )
    return len(json.loads(stack.to_json(compact=True))["Resources"])


def main() -> None:
    """Prints the table and the slopes."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    measured = [_measured(size) for _ in range(rounds) for size in SIZES]
    counts = sorted({count for count, _, _ in measured})
    print(f"{rounds} rounds, each size once a round; Python {sys.version.split()[0]}\n")
    print(f"{'resources':>10}{'seconds':>10}{'peak MiB':>10}")
    medians: dict[str, list[float]] = {"time": [], "memory": []}
    for count in counts:
        seconds, peak = (statistics.median(row[column] for row in measured if row[0] == count) for column in (1, 2))
        medians["time"].append(seconds * 1000)
        medians["memory"].append(peak * 1024)
        print(f"{count:10.0f}{seconds:10.4f}{peak:10.1f}")
    print()
    for name, unit in (("time", "ms"), ("memory", "KiB")):
        slope, _ = statistics.linear_regression(counts, medians[name])
        straight = statistics.correlation(counts, medians[name]) ** 2
        print(f"{name:7} {slope:7.3f} {unit:3} for each further resource, r² {straight:.4f}")


def _measured(size: int) -> tuple[float, float, float]:
    command = [sys.executable, "-c", PROCESS.format(size=size)]
    printed = subprocess.run(command, capture_output=True, check=True, cwd=HERE, text=True).stdout.split()
    count, seconds, peak = map(float, printed)
    return count, seconds, peak


if __name__ == "__main__":
    main()
