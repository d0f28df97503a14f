"""Asks the test kit for the outputs: where there are none, the test is skipped with the command that writes them."""

from collections.abc import Mapping


def test_bucket_has_a_name(stack_outputs: Mapping[str, str]) -> None:
    """The stack tells the name of its bucket."""
    assert stack_outputs["DocumentsName"]
