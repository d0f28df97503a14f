"""Which attributes are secrets."""

from __future__ import annotations

import pytest

from tap_templates.data import load
from tap_templates.data.resource_types import resource_type
from tap_templates.data.secret_attributes import is_secret_attribute


@pytest.mark.parametrize(
    ("kind", "attribute", "secret"),
    [
        ("AWS::IAM::AccessKey", "SecretAccessKey", True),
        ("AWS::IAM::AccessKey", "Id", False),
        ("AWS::MediaPackage::Channel", "HlsIngest.ingestEndpoints.1.Password", True),
        ("AWS::MediaPackage::Channel", "HlsIngest.ingestEndpoints.1.Url", False),
        ("AWS::RDS::DBInstance", "MasterUserPassword", True),
        ("AWS::RDS::DBInstance", "MasterUserSecret.SecretArn", False),
        ("Custom::Thing", "Password", False),
    ],
)
def test_secret_attribute(kind: str, attribute: str, secret: bool) -> None:
    """By type and attribute; a property that is a secret is one as an attribute, too."""
    assert is_secret_attribute(kind, attribute) is secret


def test_types_are_those_of_cloudformation() -> None:
    """No row is of a type that there is not."""
    assert [name for name in load("secret_attributes.json")["types"] if resource_type(name) is None] == []
