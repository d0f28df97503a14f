"""Times each rule on its own examples, repeated 100 and 500 times in one template: linear is 5.

usage: python benchmarks/rules.py [ROUNDS]     default: 5, of which the fastest counts
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping
from typing import Any

from tap_templates.checks.rule import Rule
from tap_templates.checks.rules import every_rule
from tap_templates.checks.view import View

COUNTS = (100, 500)
SHOWN = 5
SHORTEST_SECONDS = 0.001  # Below that, a growth says nothing.


def main() -> None:
    """Prints the rules that grow most, and the ones that take longest."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    rows = []
    for rule in every_rule():
        for kind, template in zip(("failing", "passing"), rule.example, strict=True):
            first, last = (_seconds(rule, _repeated(template, count), rounds) for count in COUNTS)
            rows.append((last / first if last > SHORTEST_SECONDS else 0.0, last, f"{rule.id} {kind}"))
    total = sum(seconds for _, seconds, _ in rows)
    print(f"{len(rows)} examples, {COUNTS[1]} times: {total:.2f} seconds in all; Python {sys.version.split()[0]}\n")
    for title, column in (("grow most", 0), ("take longest", 1)):
        print(f"{title:24}{'milliseconds':>14}{'growth':>10}")
        for growth, seconds, name in sorted(rows, key=lambda row: -row[column])[:SHOWN]:
            print(f"  {name:22}{seconds * 1000:14.1f}{growth:10.1f}")


def _seconds(rule: Rule, template: Mapping[str, Any], rounds: int) -> float:
    judging = type(rule)()
    judging.configure(dict(rule.example_demands))
    taken = []
    for _ in range(rounds):
        view = View(template)
        began = time.perf_counter()
        for _ in judging.judge(view):
            pass
        taken.append(time.perf_counter() - began)
    return min(taken)


def _repeated(template: Mapping[str, Any], count: int) -> dict[str, Any]:
    """A template with its resources and outputs so many times; those of each time refer to one another."""
    made: dict[str, Any] = {key: value for key, value in template.items() if key not in ("Resources", "Outputs")}
    names = list(template["Resources"])
    for section in ("Resources", "Outputs"):
        bodies = template.get(section, {})
        made[section] = {
            f"{title}{number}": _renamed(body, names, number)
            for number in range(count)
            for title, body in bodies.items()
        }
    return made


def _renamed(value: Any, names: list[str], number: int) -> Any:
    if isinstance(value, list):
        return [_renamed(item, names, number) for item in value]
    if not isinstance(value, Mapping):
        return value
    [(function, argument), *_] = [*value.items(), ("", None)]
    if function == "Ref" and argument in names:
        return {"Ref": f"{argument}{number}"}
    if function == "Fn::GetAtt" and argument[0] in names:
        return {"Fn::GetAtt": [f"{argument[0]}{number}", *argument[1:]]}
    if function == "Fn::Sub" and isinstance(argument, str):
        named = "|".join(map(re.escape, names))
        return {"Fn::Sub": re.sub(rf"\$\{{({named})(?=[.}}])", rf"${{\g<1>{number}", argument)}
    return {key: _renamed(item, names, number) for key, item in value.items()}


if __name__ == "__main__":
    main()
