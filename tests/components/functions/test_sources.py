"""Code from text, a file or a folder: in the template while it fits, and refused where Lambda could not run it."""

from __future__ import annotations

import io
import json
import pathlib
import zipfile
from typing import Any

import pytest
from support.clean import findings
from support.component_samples import ANSWERS, asked, fixed
from support.deployment import deployed

from tap_templates.components.alarms import alarm_topic
from tap_templates.components.functions import function, packages
from tap_templates.components.identity import permissions_boundary
from tap_templates.deployment import Clients
from tap_templates.errors import PropertyError
from tap_templates.settings import Settings
from tap_templates.stack import Stack

HANDLER = "def handler(event, context):\n    return {'said': event}\n"
WITH_HELPER = "from lib.words import said\n\n\ndef handler(event, context):\n    return {said: event}\n"
SCRIPT = "exports.handler = async (event) => event;\n"
MODULE = "export const handler = async (event) => event;\n"
LARGE = f"{HANDLER}{'#' * 500_000}\n"


def stack_with(source: Any, settings: Settings | None = None, **given: Any) -> Stack:
    """A stack with one function."""
    stack = Stack(settings or fixed())
    permissions_boundary(stack)
    function(stack, "Echo", topic=alarm_topic(stack), source=source, description="Says it again", **given)
    return stack


def properties(source: Any, **given: Any) -> dict[str, Any]:
    """Its properties in the template."""
    echo: dict[str, Any] = stack_with(source, **given).to_dict()["Resources"]["Echo"]["Properties"]
    return echo


def written(place: pathlib.Path, files: dict[str, str]) -> pathlib.Path:
    """A folder with these files."""
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return place


@pytest.mark.parametrize("handler", ["index.handler", "orders.handler"])
def test_file_is_in_the_template(tmp_path: pathlib.Path, handler: str) -> None:
    """As the module ``index``, whatever it is called; line ends and a byte order mark of Windows make no difference."""
    path = tmp_path / "orders.py"
    path.write_bytes(b"\xef\xbb\xbf" + HANDLER.replace("\n", "\r\n").encode())
    made = properties(path, handler=handler)

    assert made["Code"] == {"ZipFile": HANDLER}
    assert made["Handler"] == "index.handler"


def test_folder_with_one_file_is_in_the_template(tmp_path: pathlib.Path) -> None:
    """What Python, git and a desktop keep for themselves does not count."""
    beside = {"__pycache__/orders.py": "", "old.pyc": "", ".git/HEAD": "", ".DS_Store": ""}
    made = properties(written(tmp_path, {"orders.py": HANDLER, **beside}), handler="orders.handler")

    assert made["Code"] == {"ZipFile": HANDLER}
    assert made["Handler"] == "index.handler"


def test_script_is_in_the_template(tmp_path: pathlib.Path) -> None:
    """CommonJS, as Node.js takes ``index.js``."""
    path = written(tmp_path, {"orders.js": SCRIPT}) / "orders.js"

    assert properties(path, runtime="nodejs22.x")["Code"] == {"ZipFile": SCRIPT}


@pytest.mark.parametrize(
    ("files", "given", "because", "names"),
    [
        (
            {"orders.py": WITH_HELPER, "lib/words.py": "said = 'said'\n"},
            {"handler": "orders.handler"},
            "2 files",
            ["lib/words.py", "orders.py"],
        ),
        (
            {"orders/__init__.py": HANDLER, "README": ""},
            {"handler": "orders.handler"},
            "2 files",
            ["README", "orders/__init__.py"],
        ),
        ({"index.py": LARGE}, {}, "500057 bytes, more than a template has room for", ["index.py"]),
        (
            {"index.mjs": MODULE},
            {"runtime": "nodejs22.x"},
            "index.mjs cannot be in a template: only .py and .js can",
            ["index.mjs"],
        ),
        (
            {"orders.rb": "def handler(event:, context:) = event\n"},
            {"runtime": "ruby3.3", "handler": "orders.handler"},
            "orders.rb cannot be in a template: only .py and .js can",
            ["orders.rb"],
        ),
        (
            {"bootstrap": "#!/bin/sh\n"},
            {"runtime": "provided.al2023", "handler": "any"},
            "bootstrap cannot be in a template: only .py and .js can",
            ["bootstrap"],
        ),
    ],
    ids=["two files", "package", "large", "module of JavaScript", "Ruby", "bootstrap"],
)
def test_folder_is_an_archive_where_it_must_be(
    tmp_path: pathlib.Path, files: dict[str, str], given: dict[str, Any], because: str, names: list[str]
) -> None:
    """And it is said why; its files keep their names, and the handler its module."""
    stack = stack_with(written(tmp_path, files), **given)
    echo = stack.to_dict()["Resources"]["Echo"]["Properties"]
    archive = stack.assets["Echo"]

    assert echo["Code"]["S3Key"] == archive.key
    assert echo["Code"]["S3Bucket"]["Fn::If"][2] == {"Ref": "AssetsBucket"}
    assert echo["Handler"] == given.get("handler", "index.handler")
    assert archive.because == because
    with zipfile.ZipFile(io.BytesIO(archive.data)) as packed:
        assert packed.namelist() == names


def test_large_file_is_an_archive(tmp_path: pathlib.Path) -> None:
    """With one file, the module ``index``."""
    stack = stack_with(written(tmp_path, {"orders.py": LARGE}) / "orders.py", handler="orders.handler")

    assert stack.to_dict()["Resources"]["Echo"]["Properties"]["Handler"] == "index.handler"
    with zipfile.ZipFile(io.BytesIO(stack.assets["Echo"].data)) as packed:
        assert packed.read("index.py").decode() == LARGE


@pytest.mark.parametrize(
    "text",
    [
        "async def handler(event, context): ...",
        "class handler: ...",
        "handler = print",
        "(a, handler) = 1, 2",
        "import handler.parts",
        "from lib import run as handler",
        "from lib import *",
        "try:\n    import fast\nexcept ImportError:\n    def handler(event, context): ...",
        "if True:\n    pass\nelse:\n    def handler(event, context): ...",
        "with open('x') as handler: ...",
        "for handler in (1, 2): ...",
        "match 1:\n    case 1:\n        def handler(event, context): ...",
    ],
)
def test_every_way_to_define_a_handler(text: str) -> None:
    """Whatever binds the name when the module is loaded."""
    assert properties(text)["Code"] == {"ZipFile": text}


@pytest.mark.parametrize(
    ("text", "given", "message"),
    [
        (
            "def handler(event, context):\n    return {\n",
            {"runtime": "python3.11"},
            r"Echo\.Code: found \"the inline source, line 2: '\{' was never closed\"; correct the line",
        ),
        ("x = '\0'", {}, r"Echo\.Code: found 'the inline source(, line 1)?: source code (string )?cannot contain null"),
        (
            HANDLER,
            {"handler": "index.handle"},
            r"Echo\.Handler: found 'index\.handle, which the inline source does not define'; "
            r"define handle there, or name what it defines \(did you mean handler\?\)",
        ),
        (
            "def outer():\n    def handler(event, context): ...\n",
            {},
            r"found 'index\.handler, which the inline source does not define'",
        ),
        (
            HANDLER,
            {"handler": "orders.handler"},
            r"Echo\.Handler: found 'orders\.handler'; "
            r"a single file is the module index in the function: write index\.handler",
        ),
        (
            SCRIPT,
            {"handler": "index.handle", "runtime": "nodejs22.x"},
            r"Echo\.Handler: found 'index\.handle, which the inline source does not define'; export handle from it",
        ),
        (
            LARGE,
            {},
            r"Echo\.Code\.ZipFile: found '500062 bytes'; "
            r"inline source takes at most 500000; write it to a file and pass its Path instead",
        ),
        (HANDLER, {"runtime": "ruby3.3"}, r"inline source can be python or nodejs only; pass the Path"),
        (HANDLER, {"runtime": "pyton3.12"}, r"Echo\.Runtime: found 'pyton3\.12'; .*\(did you mean python3\.12\?\)"),
    ],
    ids=["syntax", "null", "no name", "inner", "module", "no export", "large", "language", "unknown"],
)
def test_text_that_lambda_could_not_run(text: str, given: dict[str, Any], message: str) -> None:
    """It is said when the function is built, with the place, what was found and what to do."""
    with pytest.raises(PropertyError, match=message):
        stack_with(text, **given)


@pytest.mark.parametrize(
    ("files", "path", "given", "message"),
    [
        ({}, "missing.py", {}, r"Echo\.Code: found '.*missing\.py: no such file or directory'; name a file"),
        ({"code/.git/HEAD": ""}, "code", {}, r"Echo\.Code: found '.*code: an empty folder'; put the handler's module"),
        (
            {"code/orders.py": "def handler(:\n", "code/x": ""},
            "code",
            {"handler": "orders.handler"},
            r"Echo\.Code: found '.*orders\.py, line 1: invalid syntax'; correct the line; it was read by python3\.\d+, "
            r"so if python3\.14 is newer, generate with that",
        ),
        (
            {"code/orders.py": HANDLER, "code/words.py": ""},
            "code",
            {"handler": "order.handler"},
            r"Echo\.Handler: found 'order\.handler, of which .*code has no module'; "
            r"name a module that is there: orders, words \(did you mean orders\?\)",
        ),
        (
            {"code/README": ""},
            "code",
            {},
            r"name a module that is there: none of this language$",
        ),
        (
            {"code/lib/orders/__init__.py": "", "code/x.rb": ""},
            "code",
            {},
            r"name a module that is there: lib\.orders$",
        ),
        (
            {"code/lib/orders.mjs": MODULE},
            "code",
            {"runtime": "nodejs22.x", "handler": "lib/order.handler"},
            r"name a module that is there: lib/orders \(did you mean lib/orders\?\)",
        ),
    ],
    ids=["missing", "empty", "syntax", "module", "no language", "package", "node"],
)  # fmt: skip
def test_files_that_lambda_could_not_run(
    tmp_path: pathlib.Path, files: dict[str, str], path: str, given: dict[str, Any], message: str
) -> None:
    """The file is named, and the line where there is one."""
    with pytest.raises(PropertyError, match=message):
        stack_with(written(tmp_path, files) / path, **given)


def test_file_that_is_no_text(tmp_path: pathlib.Path) -> None:
    """Python's source is UTF-8."""
    (tmp_path / "index.py").write_bytes(b"x = '\xe4'\n")
    with pytest.raises(PropertyError, match=r"index\.py: byte 5 is not UTF-8'; save the file as UTF-8"):
        stack_with(tmp_path)


def test_link_to_a_folder_is_not_followed(tmp_path: pathlib.Path) -> None:
    """It could lead anywhere, or in a circle; nor is it left out in silence."""
    (written(tmp_path, {"index.py": HANDLER}) / "more").symlink_to(tmp_path)
    with pytest.raises(PropertyError, match=r"more: a link to a folder'; put the folder itself there"):
        stack_with(tmp_path)


def test_more_than_lambda_takes(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All files together count, and the folder is named; a single one is not read at all."""
    monkeypatch.setattr(packages, "LARGEST_PACKAGE_BYTES", len(HANDLER) + 1)
    written(tmp_path, {"index.py": HANDLER, "more.py": "xx"})
    with pytest.raises(PropertyError, match=rf"{tmp_path.name}: at least 58 bytes'; Lambda takes 57 at most"):
        stack_with(tmp_path)
    (tmp_path / "index.py").write_text("x" * 100, encoding="utf-8")
    with pytest.raises(PropertyError, match=r"index\.py: at least 100 bytes'"):
        stack_with(tmp_path)


def test_nothing_is_added_for_a_function_that_is_refused(tmp_path: pathlib.Path) -> None:
    """A mistake can be corrected and tried again."""
    stack = Stack(fixed())
    topic = alarm_topic(stack)
    before = list(stack.template.resources)
    with pytest.raises(PropertyError):
        function(stack, "Echo", topic=topic, source=tmp_path / "none.py", description="Says it again")

    assert list(stack.template.resources) == before


@pytest.mark.parametrize("make", [fixed, asked])
def test_no_check_finds_anything(tmp_path: pathlib.Path, make: Any) -> None:
    """In both bindings, with an archive."""
    written(tmp_path, {"index.py": WITH_HELPER, "lib/words.py": "said = 'said'\n"})

    assert findings(stack_with(tmp_path, make())) == []


def test_archive_is_deployed_and_run(tmp_path: pathlib.Path, component_clients: Clients) -> None:
    """From the bucket that is there by convention; what Lambda runs has the SHA-256 that the key promises."""
    written(tmp_path, {"index.py": WITH_HELPER, "lib/words.py": "said = 'said'\n"})
    with deployed(stack_with(tmp_path, asked()), component_clients, ANSWERS) as sample:
        read = sample.read_back()
        assert not read.failures()
        assert [each.status for each in read.verdicts if each.path == "Code.S3Key"] == ["applied"]
        answer = component_clients("lambda").invoke(FunctionName=sample.outputs["EchoName"], Payload=b"1")
        assert json.loads(answer["Payload"].read()) == {"said": 1}
