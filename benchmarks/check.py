"""Times ``tap-templates check`` beside plain cfn-lint on the same template, and on templates of 100 and 500 resources.

usage: python benchmarks/check.py [ROUNDS]     default: 5
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from statistics import median
from typing import Any

from measuring import HERE, SCRIPTS, cold, rounds, table

TEMPLATE = os.path.join(HERE, os.pardir, "templates", "secure-enterprise.json")
CHECK = [os.path.join(SCRIPTS, "tap-templates"), "check"]
LINT = [os.path.join(SCRIPTS, "cfn-lint"), "--include-checks", "I", "--template"]
SIZES = (100, 500)
CEILING = 20  # Four times what linear growth would be.


def main() -> None:
    """Prints the tables."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    print(f"{count} rounds, each command once a round; Python {sys.version.split()[0]}\n")
    commands = {"cfn-lint": [*LINT, TEMPLATE], "tap-templates check": [*CHECK, TEMPLATE]}
    measures = {name: lambda command=command: cold(command) for name, command in commands.items()}
    table("secure-enterprise, cold process, seconds", rounds(count, measures), "cfn-lint")
    with tempfile.TemporaryDirectory() as folder:
        files = {f"{size} resources": _written(folder, size) for size in SIZES}
        measures = {name: lambda file=file: cold([*CHECK, file], check=False) for name, file in files.items()}
        print()
        results = rounds(count, measures)
        table("tap-templates check, seconds", results, f"{SIZES[0]} resources")
    growth = median(results[f"{SIZES[1]} resources"]) / median(results[f"{SIZES[0]} resources"])
    print(f"\n{SIZES[1]} resources take {growth:.1f} times as long as {SIZES[0]}; the ceiling is {CEILING}")


def _written(folder: str, size: int) -> str:
    """A template of ``size`` resources: the committed one with its buckets, topics, keys and log groups repeated."""
    with open(TEMPLATE, encoding="utf-8") as file:
        template: dict[str, Any] = json.load(file)
    kinds = ("AWS::Logs::LogGroup", "AWS::SNS::Topic", "AWS::KMS::Key", "AWS::S3::Bucket")
    originals = {title: body for title, body in template["Resources"].items() if body["Type"] in kinds}
    number = 0
    while len(template["Resources"]) < size:
        for title, body in list(originals.items())[: size - len(template["Resources"])]:
            number += 1
            policy = json.dumps(template["Resources"].get(f"{title}Policy"))
            template["Resources"][f"{title}{number}"] = body
            if policy != "null" and len(template["Resources"]) < size:
                renamed = policy.replace(f'"{title}"', f'"{title}{number}"').replace(
                    f"${{{title}.", f"${{{title}{number}."
                )
                template["Resources"][f"{title}{number}Policy"] = json.loads(renamed)
    path = os.path.join(folder, f"{size}.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(template, file, separators=(",", ":"))
    return path


if __name__ == "__main__":
    main()
