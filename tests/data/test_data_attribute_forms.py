"""What attributes follow from a physical id."""

from __future__ import annotations

from tap_templates.data.attribute_forms import attribute_of

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
