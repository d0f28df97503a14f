"""The outputs file as tests read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tap_templates.errors import UsageError
from tap_templates.testing.outputs_file import OutputMissingError, OutputsFileMissingError, StackOutputs, read_outputs


def written(tmp_path: Path, content: bytes) -> Path:
    """A file of this content."""
    path = tmp_path / "flat-outputs.json"
    path.write_bytes(content)
    return path


def test_flat_file_is_a_mapping(tmp_path: Path) -> None:
    """Keys and values as written; a byte order mark does no harm."""
    outputs = read_outputs(written(tmp_path, b'\xef\xbb\xbf{"B": "2", "A": "1"}'))

    assert outputs == {"A": "1", "B": "2"}
    assert len(outputs) == 2
    assert "A" in outputs
    assert outputs.get("C") is None
    assert repr(outputs) == "StackOutputs({'B': '2', 'A': '1'})"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"A": "1"', "half-written JSON"),
        (b'{"A": "1', "half-written JSON"),
        (b"", "an empty file"),
        (b" \n", "an empty file"),
        (b"A=1", "text that is not JSON"),
        (b"[1]", "a JSON list, not one flat object"),
        (b"{}", "no outputs"),
        (b'{"Stack": {"A": "1"}, "N": 1, "B": "2"}', "values that are not text: N, Stack"),
        (b'{"A": "\xff"}', "text that is not UTF-8"),
    ],
)
def test_file_that_is_not_flat_outputs_is_explained(tmp_path: Path, content: bytes, said: str) -> None:
    """What was found, and the command that writes it again."""
    with pytest.raises(UsageError, match=said) as caught:
        read_outputs(written(tmp_path, content), shown="out.json")

    assert "tap-templates outputs STACK -o out.json" in str(caught.value)


@pytest.mark.parametrize("place", ["none.json", "flat-outputs.json/none.json"])
def test_missing_file_says_the_command(tmp_path: Path, place: str) -> None:
    """No such file or folder: the command that writes it."""
    written(tmp_path, b"{}")

    with pytest.raises(OutputsFileMissingError, match="write it: tap-templates outputs STACK -o"):
        read_outputs(tmp_path / place)


def test_unreadable_file_is_explained(tmp_path: Path) -> None:
    """A folder in the file's place is no missing file."""
    with pytest.raises(UsageError, match="name a readable file"):
        read_outputs(tmp_path)


def test_output_that_is_not_there_is_told_with_the_nearest() -> None:
    """A misspelt key names the one that was meant; another one, all that there are."""
    outputs = StackOutputs({"DataBucketName": "b", "QueueUrl": "u"}, source="stack jobs")

    with pytest.raises(OutputMissingError) as caught:
        outputs["DataBuckettName"]
    assert str(caught.value) == "stack jobs has no output 'DataBuckettName' (did you mean DataBucketName?)"
    with pytest.raises(KeyError, match="it has DataBucketName, QueueUrl"):
        outputs["Zzz"]


@pytest.mark.parametrize(
    ("values", "region"),
    [
        (["arn:aws:sqs:eu-west-1:111122223333:q", "arn:aws:s3:::b", "arn:aws:iam::111122223333:role/r"], "eu-west-1"),
        (["https://sqs.eu-central-1.amazonaws.com/111122223333/q"], "eu-central-1"),
        (["db.abc.ap-south-1.rds.amazonaws.com"], "ap-south-1"),
        (["arn:aws-us-gov:sqs:us-gov-west-1:1:q"], "us-gov-west-1"),
        (["arn:aws:acm:us-east-1:1:c", "arn:aws:sqs:eu-west-1:1:q", "arn:aws:sns:eu-west-1:1:t"], "eu-west-1"),
        (["arn:aws:acm:us-east-1:1:c", "arn:aws:sqs:eu-west-1:1:q"], None),
        (["arn:aws:s3:::b", "text"], None),
    ],
)
def test_region_is_the_one_that_most_outputs_name(values: list[str], region: str | None) -> None:
    """ARNs and service URLs tell it; none or a tie tells nothing."""
    assert StackOutputs(dict(zip("ABCDEF", values, strict=False)), source="s").region == region
