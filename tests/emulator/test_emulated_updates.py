"""Updates that take something away, or state little: what is not said is not set, and what is dropped is removed."""

from __future__ import annotations

import uuid
from typing import Any

from emulator.conftest import Clients, Stack

OWNER = [{"Key": "Owner", "Value": "me"}]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "config.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def subject(kind: str, **properties: Any) -> dict[str, Any]:
    """A stack of one resource."""
    return {"Subject": {"Type": kind, "Properties": properties}}


def test_object_lock_with_and_without_a_default_retention(stack: Stack, clients: Clients) -> None:
    """A lockable bucket has versions, also when the template does not say so; the retention comes with an update."""

    def lock() -> Any:
        name = stack.ids["Subject"]
        return clients("s3").get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"]

    stack.deploy(subject("AWS::S3::Bucket", ObjectLockEnabled=True))
    assert lock() == {"ObjectLockEnabled": "Enabled"}
    assert clients("s3").get_bucket_versioning(Bucket=stack.ids["Subject"])["Status"] == "Enabled"

    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}}
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": rule}
    stack.deploy(subject("AWS::S3::Bucket", ObjectLockEnabled="true", ObjectLockConfiguration=configuration))
    assert lock() == configuration


def test_tags_of_a_bucket_that_the_template_drops_are_gone(stack: Stack, clients: Clients) -> None:
    """An update without tags leaves those of CloudFormation at most."""
    stack.deploy(subject("AWS::S3::Bucket", Tags=OWNER))
    name = stack.ids["Subject"]
    assert {"Key": "Owner", "Value": "me"} in clients("s3").get_bucket_tagging(Bucket=name)["TagSet"]

    stack.deploy(subject("AWS::S3::Bucket"))
    listed = clients("resourcegroupstaggingapi").get_resources(ResourceTypeFilters=["s3"])["ResourceTagMappingList"]
    tags = [tag for found in listed if found["ResourceARN"].endswith(name) for tag in found["Tags"]]
    assert [tag for tag in tags if not tag["Key"].startswith("aws:")] == []


def test_address_gets_and_loses_tags_in_place(stack: Stack, clients: Clients) -> None:
    """Nothing to set without tags; dropped ones are removed; the address stays."""

    def tags() -> list[dict[str, str]]:
        [found] = clients("ec2").describe_addresses(PublicIps=[stack.ids["Subject"]])["Addresses"]
        return [tag for tag in found.get("Tags", []) if not tag["Key"].startswith("aws:")]

    stack.deploy(subject("AWS::EC2::EIP", Domain="vpc"))
    address = stack.ids["Subject"]
    assert tags() == []
    stack.deploy(subject("AWS::EC2::EIP", Domain="vpc", Tags=OWNER))
    assert tags() == OWNER
    stack.deploy(subject("AWS::EC2::EIP", Domain="vpc"))
    assert (stack.ids["Subject"], tags()) == (address, [])


def test_address_that_somebody_released_is_no_obstacle_to_the_end_of_its_stack(stack: Stack, clients: Clients) -> None:
    """What is gone already need not be deleted."""
    stack.deploy(subject("AWS::EC2::EIP", Domain="vpc"))
    [found] = clients("ec2").describe_addresses(PublicIps=[stack.ids["Subject"]])["Addresses"]
    clients("ec2").release_address(AllocationId=found["AllocationId"])

    stack.delete()


def test_flow_log_that_states_no_more_than_it_must(stack: Stack, clients: Clients) -> None:
    """No interval and no tags: it is there with what is stated, and tags come with an update in place."""
    vpc = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
    said = {"ResourceType": "VPC", "TrafficType": "ALL", "LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::l"}

    def found() -> dict[str, Any]:
        [log] = clients("ec2").describe_flow_logs(FlowLogIds=[stack.ids["Subject"]])["FlowLogs"]
        return dict(log)

    stack.deploy({**vpc, **subject("AWS::EC2::FlowLog", **said, ResourceId={"Ref": "Vpc"})})
    before = found()
    assert (before["TrafficType"], before["ResourceId"]) == ("ALL", stack.ids["Vpc"])
    assert {tag["Key"].partition(":")[0] for tag in before.get("Tags", [])} <= {"aws"}
    stack.deploy({**vpc, **subject("AWS::EC2::FlowLog", **said, ResourceId={"Ref": "Vpc"}, Tags=OWNER)})
    assert stack.ids["Subject"] == before["FlowLogId"]
    assert {"Key": "Owner", "Value": "me"} in found()["Tags"]


def test_archive_without_a_retention_keeps_events_for_ever(stack: Stack, clients: Clients) -> None:
    """RetentionDays 0 is EventBridge's word for it."""
    source = {"Fn::Sub": "arn:aws:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"}
    stack.deploy(subject("AWS::Events::Archive", SourceArn=source))
    assert clients("events").describe_archive(ArchiveName=stack.ids["Subject"]).get("RetentionDays", 0) == 0

    stack.deploy(subject("AWS::Events::Archive", SourceArn=source, RetentionDays="7"))
    assert clients("events").describe_archive(ArchiveName=stack.ids["Subject"])["RetentionDays"] == 7


def test_config_rule_without_parameters(stack: Stack, clients: Clients) -> None:
    """A managed rule needs none; those of an update are said as JSON, given as a mapping or as text."""
    source = {"Owner": "AWS", "SourceIdentifier": "IAM_PASSWORD_POLICY"}

    def parameters() -> Any:
        name = stack.ids["Subject"]
        [rule] = clients("config").describe_config_rules(ConfigRuleNames=[name])["ConfigRules"]
        return rule.get("InputParameters")

    stack.deploy(subject("AWS::Config::ConfigRule", Source=source))
    assert parameters() is None
    stack.deploy(subject("AWS::Config::ConfigRule", Source=source, InputParameters={"MaxPasswordAge": "90"}))
    assert parameters() == '{"MaxPasswordAge": "90"}'
    text = '{"MaxPasswordAge":"60"}'
    stack.deploy(subject("AWS::Config::ConfigRule", Source=source, InputParameters=text))
    assert parameters() == text


def test_composite_alarm_without_tags_is_updated(stack: Stack, clients: Clients) -> None:
    """Nothing to tag, nothing to untag."""
    name = f"all-{uuid.uuid4().hex[:6]}"
    for rule in ("FALSE", "TRUE"):
        stack.deploy(subject("AWS::CloudWatch::CompositeAlarm", AlarmName=name, AlarmRule=rule))

    [alarm] = clients("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert alarm["AlarmRule"] == "TRUE"
