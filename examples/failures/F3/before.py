"""Reads the outputs file while the tests are collected: where there is none, everything ends in a trace (ENOENT)."""

import json

with open("cfn-outputs/flat-outputs.json", encoding="utf-8") as file:
    OUTPUTS = json.load(file)


def test_bucket_has_a_name() -> None:
    """The stack tells the name of its bucket."""
    assert OUTPUTS["DocumentsName"]
