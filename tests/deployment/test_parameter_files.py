"""Files of parameters: every form that CloudFormation's tools know, values as written, and what is wrong with one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tap_templates.deployment import read_parameters
from tap_templates.errors import UsageError

Write = Callable[[str], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of parameters and returns its path."""

    def written(text: str) -> str:
        path = tmp_path / "parameters"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written


@pytest.mark.parametrize(
    "text",
    [
        '{"Days": 7.50, "Owner": "me"}',
        '[{"ParameterKey": "Days", "ParameterValue": 7.50}, {"ParameterKey": "Owner", "ParameterValue": "me"}]',
        '{"Parameters": {"Days": "7.50", "Owner": "me"}}',
        "Days: 7.50\nOwner: me\n",
        "- ParameterKey: Days\n  ParameterValue: 7.50\n- {ParameterKey: Owner, ParameterValue: me}\n",
        "Parameters:\n  Days: 7.50\n  Owner: me\n",
        '\ufeff{"Days": "7.50", "Owner": "me"}',
    ],
    ids=["mapping", "CLI", "configuration", "YAML mapping", "YAML CLI", "YAML configuration", "byte order mark"],
)
def test_every_form_says_the_same(text: str, write: Write) -> None:
    """One reading for JSON and YAML, and a number stays as it is written."""
    found = read_parameters(write(text))

    assert found.values == {"Days": "7.50", "Owner": "me"}
    assert (found.kept, dict(found.tags), found.has_policy) == ((), {}, False)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0123456789", "0123456789"),
        ("1e3", "1e3"),
        ("2026-11-26", "2026-11-26"),
        ("true", "true"),
        ("True", "true"),
        ("yes", "yes"),
        ("'null'", "null"),
        ("[a, b]", "a,b"),
        ("[10, 20]", "10,20"),
        ("''", ""),
    ],
)
def test_yaml_values_are_what_stands_in_the_file(written: str, value: str, write: Write) -> None:
    """Account numbers keep their zeros, dates and words stay text, lists become comma-separated."""
    assert read_parameters(write(f"Value: {written}\n")).values == {"Value": value}


def test_json_truth_values_and_lists_are_said_as_cloudformation_takes_them(write: Write) -> None:
    """``true`` is the word, a list is joined."""
    found = read_parameters(write('{"On": true, "Off": false, "Zones": ["a", "b"]}'))

    assert found.values == {"On": "true", "Off": "false", "Zones": "a,b"}


def test_parameters_that_keep_their_value(write: Write) -> None:
    """``UsePreviousValue`` of the AWS CLI's form, as a truth value or a word."""
    text = (
        '[{"ParameterKey": "A", "UsePreviousValue": true}, {"ParameterKey": "B", "UsePreviousValue": "true"},'
        ' {"ParameterKey": "C", "ParameterValue": "c", "UsePreviousValue": false}]'
    )
    found = read_parameters(write(text))

    assert found.kept == ("A", "B")
    assert found.values == {"C": "c"}


def test_template_configuration_carries_tags_and_a_policy(write: Write) -> None:
    """CodePipeline's form: tags are read, and that there is a policy is known."""
    found = read_parameters(write('{"Parameters": {"A": "1"}, "Tags": {"Owner": "me"}, "StackPolicy": {}}'))

    assert (found.values, found.tags, found.has_policy) == ({"A": "1"}, {"Owner": "me"}, True)


def test_parameter_that_is_named_parameters_is_one(write: Write) -> None:
    """A mapping is a configuration only when nothing else stands beside its three keys."""
    assert read_parameters(write('{"Parameters": "three", "Other": "x"}')).values == {
        "Parameters": "three",
        "Other": "x",
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "found 'an empty file'"),
        (" \n", "found 'an empty file'"),
        ("# nothing\n", "found 'a null'"),
        ("just words", "found 'a text'"),
        ('{"A": "1"', ":1: found \"Expecting ',' delimiter\""),
        ('{\n"A": \n}', ":3: found 'Expecting value'"),
        ("A: 1\nB: [", ":2: found"),
        ("A: \x07", "special characters are not allowed"),
        ('{"A": "1", "A": "2"}', "found 'A a second time'"),
        ("A: 1\nA: 2\n", ":2: found 'A a second time'"),
        (
            '[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "A", "UsePreviousValue": true}]',
            "A a second",
        ),
        ('[{"ParameterKey": "A"}]', "found 'A without ParameterValue'"),
        ('[{"Key": "A"}]', ": 0: found 'a mapping without ParameterKey'"),
        ('["A"]', ": 0: found 'a text without ParameterKey'"),
        ('{"A": null}', ": A: found 'a null'"),
        ("A:\n", ": A: found 'a null'"),
        ('{"A": {"B": "c"}}', ": A: found 'a mapping'"),
        ('{"A": [{"B": "c"}]}', ": A: found 'a list'"),
        ('{"Parameters": {}, "Tags": []}', ": Tags: found 'a list'"),
        ("? [a, b]\n: c\n", "found 'a name that is not plain text'"),
        ("A: &all [a]\nB: *all\n", "a mapping or list that an alias repeats"),
        ("A: *gone\n", "found undefined alias 'gone'"),
        ("[" * 100_000, "data nested too deep"),
        ("A: " + "[" * 5_000, "data nested too deep"),
    ],
)
def test_malformed_file_is_explained(text: str, message: str, write: Write) -> None:
    """Where, what was found, and how to write it; never a traceback."""
    path = write(text)

    with pytest.raises(UsageError) as raised:
        read_parameters(path)
    assert raised.value.where.startswith(path)
    assert message in str(raised.value)


def test_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """Missing, a folder, or bytes that are no text."""
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")

    for name, found in (("none", "no such file"), (".", "is a directory"), ("binary", "bytes that are not UTF-8")):
        with pytest.raises(UsageError, match=found):
            read_parameters(str(tmp_path / name))


def test_file_that_is_no_file_of_parameters_is_not_read(tmp_path: Path) -> None:
    """A million bytes are refused before they are read."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        os.truncate(file.fileno(), 1_000_001)

    with pytest.raises(UsageError, match="over 1,000,000 bytes"):
        read_parameters(str(path))
