"""Where a template may come from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tap_templates import testing
from tap_templates.errors import UsageError
from tap_templates.testing.templates import template_of

BODY = {"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"Name": {"Fn::Sub": "${AWS::Region}-q"}}}}}
YAML = """
Resources:
  Q:
    Type: AWS::SQS::Queue
    Properties:
      Name: !Sub ${AWS::Region}-q
"""


class HasTemplate:
    """Anything that gives its template."""

    def to_dict(self) -> Any:
        """The template."""
        return BODY


def test_template_comes_from_data_objects_text_and_files(tmp_path: Path) -> None:
    """JSON and YAML with short forms, by content or by path, are the same template."""
    (tmp_path / "t.json").write_text(json.dumps(BODY), encoding="utf-8-sig")
    (tmp_path / "t.yaml").write_text(YAML, encoding="utf-8")
    sources: list[Any] = [BODY, HasTemplate(), json.dumps(BODY), YAML, tmp_path / "t.json", str(tmp_path / "t.yaml")]

    assert [template_of(source) for source in sources] == [BODY] * len(sources)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("none.json", "none.json: found 'No such file or directory'; name a readable template file"),
        ("{half", "template: found 'Expecting property name"),
        ("a:\n - [", "pass the JSON or YAML of a template"),
        ("just\ntext", "template: found 'no Resources'"),
        ({"Resources": []}, "template: found 'no Resources'"),
        ("{}", "template: found 'no Resources'"),
    ],
)
def test_what_is_no_template_is_explained(source: Any, said: str) -> None:
    """One sentence: where, what was found, what to do."""
    with pytest.raises(UsageError) as caught:
        template_of(source)

    assert said in str(caught.value)


def test_file_that_is_no_text_is_explained(tmp_path: Path) -> None:
    """Bytes that are not UTF-8."""
    (tmp_path / "t.json").write_bytes(b"\xff{}")

    with pytest.raises(UsageError, match="not UTF-8"):
        template_of(tmp_path / "t.json")


def test_public_names_are_loaded_when_they_are_used() -> None:
    """The package offers these, and nothing else."""
    assert testing.__all__ == ["Template", "conditions", "eventually", "resolve"]
    assert all(callable(getattr(testing, name)) for name in testing.__all__)
    with pytest.raises(AttributeError, match="no attribute 'resolv'"):
        _ = testing.resolv
