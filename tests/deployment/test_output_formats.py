"""What another program reads back from a file of outputs is the value that was written."""

from __future__ import annotations

import io
import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from dotenv import dotenv_values
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tap_templates.cli.outputs import FORMAT_NAMES
from tap_templates.deployment.output_formats import FORMATS, OutputFormatError
from tap_templates.errors import UsageError

TRICKY = [
    "'",
    '"',
    "\\",
    "$",
    "${",
    "$${",
    "%{",
    "{",
    "}",
    "`",
    "#",
    " #",
    " ",
    "\n",
    "\r",
    "\t",
    "=",
    "!",
    "ä",
    "€",
    "😀",
]
TRICKY += ["a", "B", "0", "-", "on", "null", "1e3", "\u2028", "\x85", "\ufeff", "~", "&", "*", "|", ">", "%"]
TEXTS = st.one_of(
    st.lists(st.sampled_from(TRICKY), max_size=8).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
KEYS = st.from_regex(r"[A-Za-z][A-Za-z0-9]{0,8}", fullmatch=True)
OUTPUTS = st.dictionaries(KEYS, TEXTS, min_size=1, max_size=4)
ARN = {"TopicArn": "arn:aws:sns:us-east-1:111122223333:pay-dev-alarm-topic-0a1b2c3d"}
HCL_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
HCL_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
HCL_ESCAPE = re.compile(r'\\(?:u([0-9a-f]{4})|([nrt"\\]))')


def held(form: str, outputs: dict[str, str]) -> str | None:
    """The text in a format; None where it cannot hold the outputs."""
    try:
        return FORMATS[form](outputs)
    except OutputFormatError:
        return None


def read_by_docker(text: str) -> dict[str, str]:
    """As package kvfile of the docker CLI scans it: by lines, everything after the first ``=`` is the value."""
    return dict(line.split("=", 1) for line in text.split("\n") if line)  # type: ignore[misc]


def read_by_hcl(text: str) -> dict[str, str]:
    """As HCL's quoted template expressions are read; a template inside one, or a bare line break, is an error."""
    found = {}
    for line in text.removesuffix("\n").split("\n"):
        key, _, written = line.partition(" = ")
        match = HCL_STRING.fullmatch(written)
        assert match, written
        assert not re.search(r"[$%]\{|[$%]\Z", match.group(1))
        found[key] = HCL_ESCAPE.sub(
            lambda each: chr(int(each[1], 16)) if each[1] else HCL_PLAIN[each[2]], match.group(1)
        )
    return found


@given(OUTPUTS)
def test_json_and_yaml_hold_every_text(outputs: dict[str, str]) -> None:
    """Whatever the value, and whatever YAML would make of it without quotes."""
    assert json.loads(FORMATS["json"](outputs)) == outputs
    assert yaml.safe_load(FORMATS["yaml"](outputs)) == outputs


@given(OUTPUTS)
@example({"A": "${path}", "B": "$${", "C": "%%{if", "D": "50%", "E": "US$", "F": "$$$"})
def test_tfvars_hold_every_text(outputs: dict[str, str]) -> None:
    """No value opens a template, ends its string or its line."""
    assert read_by_hcl(FORMATS["tfvars"](outputs)) == outputs


@settings(max_examples=60)
@given(OUTPUTS)
@example({"A": "it's $(touch /x) `id` ${HOME} \\ \" \n end\n"})
def test_shell_holds_every_text(outputs: dict[str, str]) -> None:
    """A shell that runs the text has the values, expands nothing and starts nothing."""
    prints = "".join(f"printf '%s\\0' \"${key}\"\n" for key in outputs)
    ran = subprocess.run(
        ["sh"], input=f"{FORMATS['shell'](outputs)}{prints}".encode(), capture_output=True, check=True, env={}
    )

    assert ran.stderr == b""
    assert ran.stdout.decode().split("\0")[:-1] == list(outputs.values())


@given(OUTPUTS)
@example({"A": "C:\\dir", "B": "a # b", "C": "it's", "D": '{"a": "b"}', "E": "two\nlines", "F": " spaces ", "G": ""})
def test_dotenv_is_read_back_or_refused(outputs: dict[str, str]) -> None:
    """What python-dotenv reads, with its interpolation, is the value; what it could read differently is refused."""
    text = held("dotenv", outputs)

    if text is None:
        assert any(re.search(r"\$\{|\\|['\r]", value) for value in outputs.values())
    else:
        assert dotenv_values(stream=io.StringIO(text, newline="")) == outputs


@pytest.mark.parametrize("value", ["C:\\dir", "a # b", "it's", '{"a": "b\\n"}', "two\nlines", " spaces ", "", "$HOME"])
def test_dotenv_takes_what_values_hold_in_practice(value: str) -> None:
    """Paths, comments, JSON, an apostrophe, lines and spaces are all read back."""
    text = FORMATS["dotenv"]({"A": value})

    assert dotenv_values(stream=io.StringIO(text)) == {"A": value}


@given(OUTPUTS)
def test_env_is_read_back_or_refused(outputs: dict[str, str]) -> None:
    """Values stand there bare; only a line break has no place."""
    text = held("env", outputs)

    if text is None:
        assert any(re.search(r"[\r\n]", value) for value in outputs.values())
    else:
        assert read_by_docker(text) == outputs


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("json", '{\n  "TopicArn": "VALUE"\n}\n'),
        ("env", "TopicArn=VALUE\n"),
        ("dotenv", "TopicArn=VALUE\n"),
        ("shell", "export TopicArn=VALUE\n"),
        ("yaml", '"TopicArn": "VALUE"\n'),
        ("tfvars", 'TopicArn = "VALUE"\n'),
    ],
)
def test_plain_values_stand_plain(form: str, text: str) -> None:
    """An ARN needs no quotes that the format does not demand."""
    assert FORMATS[form](ARN) == text.replace("VALUE", ARN["TopicArn"])


def test_every_refusal_is_named_and_nothing_shown(tmp_path: Path) -> None:
    """Keys and values that do not fit are named together, without the values."""
    with pytest.raises(UsageError) as caught:
        FORMATS["env"]({"1st": "a", "Two": "x\ny", "Three": "fine", "Four": "p\rq"})

    assert str(caught.value) == (
        "--format env: found '1st, which is no name there; Four, whose value it cannot hold; "
        "Two, whose value it cannot hold'; use --format json, or yaml"
    )


def test_the_command_offers_each_format() -> None:
    """The option and the table have the same names."""
    assert tuple(FORMATS) == FORMAT_NAMES
