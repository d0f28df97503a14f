"""Sizes: stated in the template, whatever they are, and not left to the defaults of AWS."""

from __future__ import annotations

from typing import Any

import pytest
from support.judged import NO_VALUE, either, one, results, said

from tap_templates.checks.rules.size_is_stated import SizeIsStated

FUNCTION, TABLE, INSTANCE, VOLUME = (
    "AWS::Lambda::Function",
    "AWS::DynamoDB::Table",
    "AWS::EC2::Instance",
    "AWS::EC2::Volume",
)


def test_function_without_sizes_has_two_faults() -> None:
    """Memory and timeout are found apart, each with what it would be."""
    path = "Resources/It/Properties"
    assert said(SizeIsStated, one(FUNCTION)) == [
        ("fails", path, "It: found nothing; state MemorySize, which is 128 MB otherwise"),
        ("fails", path, "It: found nothing; state Timeout, which is 3 seconds otherwise"),
    ]


@pytest.mark.parametrize(
    ("kind", "default"), [(TABLE, "BillingMode"), (INSTANCE, "InstanceType"), (VOLUME, "VolumeType")]
)
def test_other_types_state_one_size(kind: str, default: str) -> None:
    """A table, an instance and a volume have one each."""
    [(result, _, message)] = said(SizeIsStated, one(kind))
    assert result == "fails"
    assert f"state {default}," in message


@pytest.mark.parametrize(
    "resources",
    [
        one(FUNCTION, MemorySize=128, Timeout=3),
        one(FUNCTION, MemorySize={"Ref": "Memory"}, Timeout={"Fn::ImportValue": "timeout"}),
        one(TABLE, BillingMode="PAY_PER_REQUEST"),
        one(TABLE, ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}),
        one(INSTANCE, InstanceType=either("IsProd", "m7g.large", "t4g.small")),
        one(INSTANCE, LaunchTemplate={"LaunchTemplateId": "lt-1", "Version": "1"}),
        one(VOLUME, VolumeType="gp3"),
        one("AWS::S3::Bucket"),
    ],
)
def test_what_is_stated_holds(resources: dict[str, Any]) -> None:
    """A plain size, a parameter, another property in its place: someone chose."""
    assert set(results(SizeIsStated, resources)) <= {"holds"}


def test_side_of_a_condition_without_a_size_fails() -> None:
    """A size that only one environment states is the default of AWS in the others."""
    function = one(FUNCTION, MemorySize=either("IsProd", 512, NO_VALUE), Timeout=30)
    assert said(SizeIsStated, function) == [
        (
            "fails",
            "Resources/It/Properties/MemorySize/Fn::If/2",
            "It.MemorySize: found nothing; state MemorySize, which is 128 MB otherwise",
        )
    ]
