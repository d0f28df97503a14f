"""What attributes follow from a physical id."""

from __future__ import annotations

import re

from tap_templates.data import load
from tap_templates.data.attribute_forms import attribute_of, kind_form, word_patterns
from tap_templates.data.resource_types import resource_type

PLACE = {"partition": "aws", "region": "eu-west-1", "account": "111122223333", "path": "/tap/"}


def test_attributes_follow_from_the_physical_id() -> None:
    """With partition, region, account and path, where the ARN of the type has them."""
    assert attribute_of("AWS::S3::Bucket", "Arn", id="b", **PLACE) == "arn:aws:s3:::b"
    assert attribute_of("AWS::IAM::Role", "Arn", id="r", **PLACE) == "arn:aws:iam::111122223333:role/tap/r"
    queue = "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs"
    assert attribute_of("AWS::SQS::Queue", "Arn", id=queue, **PLACE) == "arn:aws:sqs:eu-west-1:111122223333:jobs"
    assert attribute_of("AWS::SNS::Topic", "TopicName", id="arn:aws:sns:eu-west-1:1:t", **PLACE) == "t"


def test_other_attributes_are_not_guessed() -> None:
    """None for a type or an attribute without a form."""
    assert attribute_of("AWS::S3::Bucket", "DomainName", id="b", **PLACE) is None
    assert attribute_of("AWS::EC2::VPC", "CidrBlock", id="v", **PLACE) is None


def test_every_word_of_a_form_has_a_pattern_or_is_of_the_stack() -> None:
    """No form asks for a word that nobody gives, and no pattern captures or anchors."""
    table = load("attribute_forms.json")
    forms = [form for attributes in table["forms"].values() for form in attributes.values()]
    forms += [*table["ids"].values(), *(form for name, form in table["kinds"].items() if name != "note")]
    given = {"id", "name", "path", "account", "partition", "region", *word_patterns()}

    assert {word for form in forms for word in re.findall(r"\{([^}]*)\}", form)} <= given
    for pattern in word_patterns().values():
        assert re.compile(pattern).groups == 0
        assert not re.search(r"[\^$]", pattern)


def test_types_with_forms_are_those_of_cloudformation() -> None:
    """No form is of a type that there is not."""
    table = load("attribute_forms.json")

    assert [name for name in [*table["forms"], *table["ids"]] if resource_type(name) is None] == []


def test_the_longest_ending_decides() -> None:
    """``HostedZoneId`` is no mere ``Id``; what ends like nothing known has no form."""
    assert kind_form("CanonicalHostedZoneId") == "{capitals}"
    assert kind_form("AllocationId") == "{visible}"
    assert kind_form("Colour") is None
