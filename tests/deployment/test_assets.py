"""Archives of code on their way to AWS: each is the one that the template means, in the bucket that was chosen."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest
from botocore.exceptions import ClientError
from deployment.verification.test_verify_faults import Service

from tap_templates.deployment.assets import asset_keys, chosen_bucket, read_assets
from tap_templates.errors import UsageError
from tap_templates.stack.assets import File, asset

ARCHIVE = asset({"index.py": File(b"x = 1\n"), "more.py": File(b"")}, because="2 files")
BUCKET = {"AssetsBucket": {"Type": "String", "Default": ""}}


def template(*codes: Any, parameters: dict[str, Any] = BUCKET) -> dict[str, Any]:
    """A template with functions that have this code."""
    functions = {
        f"Echo{index}": {"Type": "AWS::Lambda::Function", "Properties": {"Code": code}}
        for index, code in enumerate(codes)
    }
    return {"Parameters": parameters, "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}, **functions}}


def stacks(*parameters: tuple[str, str]) -> Any:
    """Clients of an account with one stack of these parameters, or without any."""
    said = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters]
    stack = {"StackId": "s", "StackName": "s", "StackStatus": "CREATE_COMPLETE", "Parameters": said}
    gone = ClientError({"Error": {"Code": "ValidationError", "Message": "Stack with id s does not exist"}}, "D")
    services = {"cloudformation": Service({"describe_stacks": {"Stacks": [stack]} if parameters else gone})}
    return services.__getitem__


def test_keys_of_archives() -> None:
    """Each once, and only those that the library formed."""
    codes = [{"S3Key": ARCHIVE.key}, {"ZipFile": "x"}, {"S3Key": "mine.zip"}, {"S3Key": {"Ref": "K"}}, None]

    assert asset_keys(template(*codes, {"S3Key": ARCHIVE.key})) == [ARCHIVE.key]
    assert asset_keys(template({"S3Key": ARCHIVE.key}, parameters={})) == []


def test_archive_lies_beside_the_template(tmp_path: pathlib.Path) -> None:
    """Under its key."""
    (tmp_path / "assets").mkdir()
    (tmp_path / ARCHIVE.key).write_bytes(ARCHIVE.data)

    assert read_assets(template({"S3Key": ARCHIVE.key}), str(tmp_path)) == {ARCHIVE.key: ARCHIVE.data}


def test_archive_that_is_not_there(tmp_path: pathlib.Path) -> None:
    """It is said before anything is deployed, with what makes it."""
    with pytest.raises(
        UsageError, match=r"\.zip: found 'no such file or directory'; generate the template again, which"
    ):
        read_assets(template({"S3Key": ARCHIVE.key}), str(tmp_path))


def test_archive_with_other_content(tmp_path: pathlib.Path) -> None:
    """What was not meant is not deployed."""
    (tmp_path / "assets").mkdir()
    (tmp_path / ARCHIVE.key).write_bytes(b"other")
    with pytest.raises(
        UsageError, match=r"\.zip: found 'other content than its name says'; generate the template again"
    ):
        read_assets(template({"S3Key": ARCHIVE.key}), str(tmp_path))


@pytest.mark.parametrize(
    ("has", "given", "bucket", "expected"),
    [
        ([("AssetsBucket", "old")], {"AssetsBucket": "new"}, "line", "new"),
        ([("AssetsBucket", "old")], {"AssetsBucket": ""}, "line", None),
        ([("AssetsBucket", "old")], {}, "line", "line"),
        ([("AssetsBucket", "old")], {}, None, "old"),
        ([("AssetsBucket", "")], {}, None, None),
        ([("Owner", "me")], {}, None, None),
        ([], {}, None, None),
    ],
)
def test_bucket(has: list[tuple[str, str]], given: dict[str, str], bucket: str | None, expected: str | None) -> None:
    """The parameter says, then the command line, then the stack as it is; else it is the usual one."""
    assert chosen_bucket(stacks(*has), "s", given, bucket) == expected
