"""Archives of code: the same bytes for the same files, under a key that says which, in a bucket that is asked for."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from support.component_samples import fixed

from tap_templates.stack import Stack
from tap_templates.stack.assets import File, asset, digest_of, require

FILES = {"index.py": File(b"import helper\n"), "helper.py": File(b"x = 1\n"), "run": File(b"#!/bin/sh\n", True)}


def test_same_files_make_the_same_bytes() -> None:
    """In whatever order they are given; this digest is the same on every system and with every Python."""
    made = asset(FILES, because="3 files")

    assert made == asset(dict(reversed(FILES.items())), because="3 files")
    assert made.key == f"assets/{hashlib.sha256(made.data).hexdigest()}.zip"
    assert made.key == "assets/d9f1d1b378affaf70b6cbf2d7ffbfec29c3410f1c4afcfb60e3d6362308d310b.zip"


def test_other_content_name_or_mode_is_another_archive() -> None:
    """A change of any of them changes the key, and so the function."""
    others = [
        {**FILES, "helper.py": File(b"x = 2\n")},
        {"index.py": FILES["index.py"], "helpers.py": FILES["helper.py"], "run": FILES["run"]},
        {**FILES, "run": File(b"#!/bin/sh\n")},
    ]
    keys = {asset(files, because="").key for files in [FILES, *others]}

    assert len(keys) == 4


def test_files_come_out_as_they_went_in() -> None:
    """With the mode that Lambda needs to read or to execute them."""
    with zipfile.ZipFile(io.BytesIO(asset(FILES, because="").data)) as archive:
        modes = {entry.filename: entry.external_attr >> 16 for entry in archive.infolist()}
        assert archive.read("helper.py") == b"x = 1\n"

    assert modes == {"helper.py": 0o100644, "index.py": 0o100644, "run": 0o100755}


def test_bucket_is_asked_for_once() -> None:
    """Empty, it is the one that deploy makes; the form has a place for it."""
    stack = Stack(fixed())
    made = asset(FILES, because="3 files")
    first, second = require(stack, "First", made).to_dict(), require(stack, "Second", made).to_dict()

    assert first == second
    assert first["Fn::If"] == [
        "HasAssetsBucketByConvention",
        {"Fn::Sub": "tap-templates-${AWS::AccountId}-${AWS::Region}"},
        {"Ref": "AssetsBucket"},
    ]
    assert list(stack.template.parameters) == ["AssetsBucket"]
    assert stack.assets == {"First": made, "Second": made}


@pytest.mark.parametrize(
    "key", [None, 3, {"Ref": "Key"}, "x.zip", "assets/x.zip", f"other/{'a' * 64}.zip", f"assets/{'g' * 64}.zip"]
)
def test_key_of_another_form_promises_nothing(key: object) -> None:
    """It was not formed here."""
    assert digest_of(key) is None


def test_key_promises_a_digest() -> None:
    """The one in its name."""
    assert digest_of(f"assets/{'0a' * 32}.zip") == "0a" * 32
