"""Ways in which one property of a deployed stack can be other than its template says: set, and set back.

Every mutant is made by the service's own API on what is deployed, with the value that it has there as the original.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from support.mutants import functions, identity, messaging, monitoring, storage
from support.mutants.mutant import Deployed, Mutant
from support.mutants.removal import removals

__all__ = ["Deployed", "Mutant", "alterations", "removals"]

MAKERS = {
    "AWS::CloudTrail::Trail": monitoring.of_trail,
    "AWS::CloudWatch::Alarm": monitoring.of_alarm,
    "AWS::Events::Rule": functions.of_rule,
    "AWS::IAM::Group": identity.of_group,
    "AWS::IAM::ManagedPolicy": identity.of_policy,
    "AWS::IAM::Role": identity.of_role,
    "AWS::IAM::User": identity.of_user,
    "AWS::KMS::Alias": messaging.of_alias,
    "AWS::KMS::Key": messaging.of_key,
    "AWS::Lambda::Function": functions.of_function,
    "AWS::Lambda::Permission": functions.of_permission,
    "AWS::Logs::LogGroup": monitoring.of_log_group,
    "AWS::Logs::MetricFilter": monitoring.of_filter,
    "AWS::S3::Bucket": storage.of_bucket,
    "AWS::S3::BucketPolicy": storage.of_bucket_policy,
    "AWS::SNS::Subscription": messaging.of_subscription,
    "AWS::SNS::Topic": messaging.of_topic,
    "AWS::SNS::TopicPolicy": messaging.of_topic_policy,
    "AWS::SQS::Queue": messaging.of_queue,
    "AWS::SQS::QueuePolicy": messaging.of_queue_policy,
}


def alterations(deployed: Deployed) -> Iterator[Mutant]:
    """Every mutant of every resource; a type without a maker is an error."""
    for title, kind in deployed.kinds.items():
        maker: Any = MAKERS[kind]
        yield from maker(deployed, title)
