"""Whole resources removed behind CloudFormation's back; nothing brings them back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from support.mutants.mutant import Deployed, Mutant


def _bucket(aws: Any, name: str) -> None:
    s3 = aws("s3")
    for version in s3.list_object_versions(Bucket=name).get("Versions", []):
        s3.delete_object(Bucket=name, Key=version["Key"], VersionId=version["VersionId"])
    s3.delete_bucket(Bucket=name)


def _rule(aws: Any, name: str) -> None:
    aws("events").remove_targets(
        Rule=name, Ids=[each["Id"] for each in aws("events").list_targets_by_rule(Rule=name)["Targets"]]
    )
    aws("events").delete_rule(Name=name)


def _policy(aws: Any, arn: str) -> None:
    iam = aws("iam")
    holders = iam.list_entities_for_policy(PolicyArn=arn)
    for kind in ("Group", "Role", "User"):
        for each in holders[f"Policy{kind}s"]:
            name = {f"{kind}Name": each[f"{kind}Name"]}
            bounded = kind == "Role" and iam.get_role(**name)["Role"].get("PermissionsBoundary", {})
            if bounded and bounded["PermissionsBoundaryArn"] == arn:
                iam.delete_role_permissions_boundary(**name)
            else:
                getattr(iam, f"detach_{kind.lower()}_policy")(PolicyArn=arn, **name)
    iam.delete_policy(PolicyArn=arn)


def _principal(kind: str) -> Callable[[Any, str], None]:
    def remove(aws: Any, name: str) -> None:
        iam, who = aws("iam"), {f"{kind.title()}Name": name}
        for policy in getattr(iam, f"list_attached_{kind}_policies")(**who)["AttachedPolicies"]:
            getattr(iam, f"detach_{kind}_policy")(PolicyArn=policy["PolicyArn"], **who)
        if kind == "user":
            for group in iam.list_groups_for_user(UserName=name)["Groups"]:
                iam.remove_user_from_group(UserName=name, GroupName=group["GroupName"])
        if kind == "group":
            for user in iam.get_group(GroupName=name)["Users"]:
                iam.remove_user_from_group(UserName=user["UserName"], GroupName=name)
        getattr(iam, f"delete_{kind}")(**who)

    return remove


# What hangs on others comes first. Policies of buckets, queues and topics, permissions, keys, aliases and filters can
# be brought back, and are among the alterations.
REMOVERS: dict[str, Callable[[Any, str], Any]] = {
    "AWS::SNS::Subscription": lambda aws, arn: aws("sns").unsubscribe(SubscriptionArn=arn),
    "AWS::CloudWatch::Alarm": lambda aws, name: aws("cloudwatch").delete_alarms(AlarmNames=[name]),
    "AWS::Events::Rule": _rule,
    "AWS::Lambda::Function": lambda aws, name: aws("lambda").delete_function(FunctionName=name),
    "AWS::SQS::Queue": lambda aws, url: aws("sqs").delete_queue(QueueUrl=url),
    "AWS::SNS::Topic": lambda aws, arn: aws("sns").delete_topic(TopicArn=arn),
    "AWS::CloudTrail::Trail": lambda aws, name: aws("cloudtrail").delete_trail(Name=name),
    "AWS::Logs::LogGroup": lambda aws, name: aws("logs").delete_log_group(logGroupName=name),
    "AWS::IAM::User": _principal("user"),
    "AWS::IAM::Group": _principal("group"),
    "AWS::IAM::Role": _principal("role"),
    "AWS::IAM::ManagedPolicy": _policy,
    "AWS::S3::Bucket": _bucket,
}


def removals(deployed: Deployed) -> Iterator[Mutant]:
    """Every resource that stands for itself, removed one after the other."""
    for kind, remove in REMOVERS.items():
        for title, found in deployed.kinds.items():
            if found == kind:
                yield Mutant(
                    title,
                    "removed",
                    lambda r=remove, t=title: r(deployed.aws, deployed.ids[t]),  # type: ignore[misc]
                )
