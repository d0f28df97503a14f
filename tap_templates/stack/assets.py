"""Code that a template cannot carry: an archive for the assets bucket, the same bytes for the same files.

The key of an archive holds the SHA-256 of its bytes, so that other code is another object, and is also its path beside
the template. The bucket is asked for; left empty, it is the one that ``deploy`` makes in each account and Region.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from troposphere import AWSHelperFn, Equals, If, Parameter, Ref, Sub

if TYPE_CHECKING:
    from tap_templates.stack import Stack

FOLDER = "assets"
PARAMETER = "AssetsBucket"
CONDITION = "HasAssetsBucketByConvention"
BY_CONVENTION = "tap-templates-{account}-{region}"
# S3 user guide, "General purpose bucket naming rules".
NAME_PATTERN = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
# The ZIP format begins with this day; a time of its own would make other bytes of the same files.
EPOCH = (1980, 1, 1, 0, 0, 0)
PLAIN, EXECUTABLE = 0o100644, 0o100755


class File(NamedTuple):
    """One file of an archive."""

    data: bytes
    executable: bool = False


class Asset(NamedTuple):
    """An archive to be uploaded: its key in the bucket, its bytes, how many files are in it, and why it is needed."""

    key: str
    data: bytes
    files: int
    because: str


def asset(files: Mapping[str, File], *, because: str) -> Asset:
    """The archive of files by their names in it.

    Nothing is compressed: how well differs between versions of the library that does it, and so would the bytes.
    """
    import hashlib  # With the archive's own modules, only where there is one.
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, on whatever system it is made: Lambda reads the mode.
            entry.external_attr = (EXECUTABLE if files[name].executable else PLAIN) << 16
            archive.writestr(entry, files[name].data)
    data = packed.getvalue()
    return Asset(f"{FOLDER}/{hashlib.sha256(data).hexdigest()}.zip", data, len(files), because)


def require(stack: Stack, title: str, archive: Asset) -> AWSHelperFn:
    """Notes an archive that a resource of the stack needs; the name of the bucket that will have it."""
    stack.assets[title] = archive
    if PARAMETER not in stack.template.parameters:
        stack.parameter(
            Parameter(
                PARAMETER,
                Type="String",
                Default="",
                Description="Bucket of this Region that has the archives of code; empty: "
                + BY_CONVENTION.format(account="ACCOUNT", region="REGION"),
                AllowedPattern=f"^({NAME_PATTERN})?$",
                ConstraintDescription="the name of a bucket, or nothing",
            ),
            group="Code",
            label="Assets bucket",
        )
    by_convention = Sub(BY_CONVENTION.format(account="${AWS::AccountId}", region="${AWS::Region}"))
    given = Ref(PARAMETER)
    return If(stack.condition(CONDITION, Equals(given, "")), by_convention, given)


def digest_of(key: object) -> str | None:
    """The SHA-256 that a key promises, in hex; None for a key that this module did not form."""
    if not isinstance(key, str):
        return None
    folder, _, name = key.rpartition("/")
    digest = name.removesuffix(".zip")
    formed = folder == FOLDER and name.endswith(".zip") and len(digest) == 64 and not digest.strip("0123456789abcdef")
    return digest if formed else None
