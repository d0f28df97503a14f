"""Addresses, NAT gateways, flow logs, Config and budgets of the embedded AWS: created, updated, deleted."""

from __future__ import annotations

from typing import Any

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "config.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
NETWORK = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}},
    "Address": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}},
}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}


def ours(tags: Any) -> list[dict[str, str]]:
    """Tags in the template's words, without CloudFormation's own."""
    kept = [{"Key": t["Key"], "Value": t["Value"]} for t in tags if not t["Key"].startswith("aws:")]
    return sorted(kept, key=lambda tag: tag["Key"])


def test_address_is_created_updated_and_deleted(check_type: Any) -> None:
    """Ref is the address itself; tags arrive."""

    def read(clients: Any, public_ip: str) -> dict[str, Any]:
        """Properties in the template's words."""
        [found] = [a for a in clients("ec2").describe_addresses()["Addresses"] if a["PublicIp"] == public_ip]
        return {"Domain": found["Domain"], "Tags": ours(found.get("Tags", []))}

    check_type(
        "AWS::EC2::EIP",
        before={"Domain": "vpc", "Tags": [{"Key": "Environment", "Value": "dev"}, {"Key": "Owner", "Value": "a"}]},
        after={"Domain": "vpc", "Tags": [{"Key": "Environment", "Value": "prod"}]},
        read=read,
    )


def test_nat_gateway_is_created_updated_and_deleted(check_type: Any) -> None:
    """Subnet, address and tags arrive."""

    def read(clients: Any, nat: str) -> dict[str, Any]:
        """Properties in the template's words."""
        [found] = clients("ec2").describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"]
        if found["State"] == "deleted":
            raise LookupError(nat)
        addresses = found["NatGatewayAddresses"]
        return {
            "SubnetId": found["SubnetId"],
            "ConnectivityType": found["ConnectivityType"],
            "AllocationId": addresses[0]["AllocationId"] if addresses else None,
            "Tags": ours(found.get("Tags", [])),
        }

    fixed = {
        "SubnetId": {"Ref": "Subnet"},
        "ConnectivityType": "public",
        "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]},
    }
    check_type(
        "AWS::EC2::NatGateway",
        before={**fixed, "Tags": [{"Key": "Environment", "Value": "dev"}]},
        after={**fixed, "Tags": [{"Key": "Environment", "Value": "prod"}]},
        support=NETWORK,
        read=read,
    )


def test_flow_log_is_created_updated_and_deleted(check_type: Any) -> None:
    """Resource, traffic and tags arrive."""

    def read(clients: Any, flow_log: str) -> dict[str, Any]:
        """Properties in the template's words."""
        [found] = clients("ec2").describe_flow_logs(FlowLogIds=[flow_log])["FlowLogs"]
        return {
            "ResourceId": found["ResourceId"],
            "ResourceType": found.get("ResourceType"),
            "TrafficType": found["TrafficType"],
            "LogDestinationType": found["LogDestinationType"],
            "LogGroupName": found.get("LogGroupName"),
            "DeliverLogsPermissionArn": found.get("DeliverLogsPermissionArn"),
            "MaxAggregationInterval": found.get("MaxAggregationInterval"),
            "Tags": ours(found.get("Tags", [])),
        }

    fixed = {
        "ResourceId": {"Ref": "Vpc"},
        "ResourceType": "VPC",
        "TrafficType": "ALL",
        "LogDestinationType": "cloud-watch-logs",
        "LogGroupName": {"Ref": "Logs"},
        "DeliverLogsPermissionArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "MaxAggregationInterval": 60,
    }
    check_type(
        "AWS::EC2::FlowLog",
        before={**fixed, "Tags": [{"Key": "Environment", "Value": "dev"}]},
        after={**fixed, "Tags": [{"Key": "Environment", "Value": "prod"}]},
        support={**NETWORK, "Logs": {"Type": "AWS::Logs::LogGroup"}, "Role": ROLE},
        read=read,
    )


def test_recorder_is_created_updated_and_deleted(check_type: Any) -> None:
    """Role and recording group arrive."""

    def read(clients: Any, name: str) -> dict[str, Any]:
        """Properties in the template's words."""
        answer = clients("config").describe_configuration_recorders(ConfigurationRecorderNames=[name])
        [found] = answer["ConfigurationRecorders"]
        group = found["recordingGroup"]
        return {
            "Name": found["name"],
            "RoleARN": found["roleARN"],
            "RecordingGroup": {
                "AllSupported": group["allSupported"],
                "IncludeGlobalResourceTypes": group["includeGlobalResourceTypes"],
            },
        }

    fixed = {"Name": "tap-dev", "RoleARN": {"Fn::GetAtt": ["Role", "Arn"]}}
    check_type(
        "AWS::Config::ConfigurationRecorder",
        before={**fixed, "RecordingGroup": {"AllSupported": True, "IncludeGlobalResourceTypes": True}},
        after={**fixed, "RecordingGroup": {"AllSupported": True, "IncludeGlobalResourceTypes": False}},
        support={"Role": ROLE},
        read=read,
    )


def test_delivery_channel_is_created_and_recording_starts(stack: Any, clients: Any, check_type: Any) -> None:
    """Bucket and frequency arrive; the recorder beside it records."""
    recording: list[bool] = []

    def read(clients: Any, name: str) -> dict[str, Any]:
        """Properties in the template's words."""
        [found] = clients("config").describe_delivery_channels(DeliveryChannelNames=[name])["DeliveryChannels"]
        [status] = clients("config").describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
        recording.append(status["recording"])
        return {
            "Name": found["name"],
            "S3BucketName": found["s3BucketName"],
            "S3KeyPrefix": found["s3KeyPrefix"],
            "ConfigSnapshotDeliveryProperties": {
                "DeliveryFrequency": found["configSnapshotDeliveryProperties"]["deliveryFrequency"]
            },
        }

    fixed = {"Name": "tap-dev", "S3BucketName": {"Ref": "Bucket"}, "S3KeyPrefix": "config"}
    recorder = {
        "Type": "AWS::Config::ConfigurationRecorder",
        "Properties": {"RoleARN": {"Fn::GetAtt": ["Role", "Arn"]}},
    }
    check_type(
        "AWS::Config::DeliveryChannel",
        before={**fixed, "ConfigSnapshotDeliveryProperties": {"DeliveryFrequency": "One_Hour"}},
        after={**fixed, "ConfigSnapshotDeliveryProperties": {"DeliveryFrequency": "Six_Hours"}},
        support={"Role": ROLE, "Bucket": {"Type": "AWS::S3::Bucket", "DependsOn": "Recorder"}, "Recorder": recorder},
        read=read,
    )
    assert recording == [True, True]


def test_config_rule_is_created_updated_and_deleted(check_type: Any) -> None:
    """Source, parameters and scope arrive."""

    def read(clients: Any, name: str) -> dict[str, Any]:
        """Properties in the template's words."""
        import json

        [found] = clients("config").describe_config_rules(ConfigRuleNames=[name])["ConfigRules"]
        return {
            "ConfigRuleName": name,
            "Description": found["Description"],
            "InputParameters": json.loads(found["InputParameters"]),
            "Scope": found["Scope"],
            "Source": found["Source"],
        }

    fixed = {
        "ConfigRuleName": "tap-dev-keys",
        "Scope": {"ComplianceResourceTypes": ["AWS::IAM::User"]},
        "Source": {"Owner": "AWS", "SourceIdentifier": "ACCESS_KEYS_ROTATED"},
    }
    check_type(
        "AWS::Config::ConfigRule",
        before={**fixed, "Description": "one", "InputParameters": {"maxAccessKeyAge": "90"}},
        after={**fixed, "Description": "two", "InputParameters": {"maxAccessKeyAge": "30"}},
        read=read,
    )


def test_budget_is_created_updated_and_deleted(check_type: Any) -> None:
    """Limit, period and notifications arrive."""

    def read(clients: Any, name: str) -> dict[str, Any]:
        """Properties in the template's words."""
        budgets, account = clients("budgets"), "111122223333"
        found = budgets.describe_budget(AccountId=account, BudgetName=name)["Budget"]
        notifications = budgets.describe_notifications_for_budget(AccountId=account, BudgetName=name)["Notifications"]
        return {
            "Budget": {
                "BudgetName": found["BudgetName"],
                "BudgetType": found["BudgetType"],
                "TimeUnit": found["TimeUnit"],
                "BudgetLimit": {
                    "Amount": float(found["BudgetLimit"]["Amount"]),
                    "Unit": found["BudgetLimit"]["Unit"],
                },
            },
            "NotificationsWithSubscribers": [
                {
                    "Notification": {
                        k: n[k] for k in ("NotificationType", "ComparisonOperator", "Threshold", "ThresholdType")
                    },
                    "Subscribers": budgets.describe_subscribers_for_notification(
                        AccountId=account, BudgetName=name, Notification=n
                    )["Subscribers"],
                }
                for n in notifications
            ],
        }

    def budget(amount: float) -> dict[str, Any]:
        """A monthly budget with one notification."""
        return {
            "Budget": {
                "BudgetName": "tap-dev",
                "BudgetType": "COST",
                "TimeUnit": "MONTHLY",
                "BudgetLimit": {"Amount": amount, "Unit": "USD"},
            },
            "NotificationsWithSubscribers": [
                {
                    "Notification": {
                        "NotificationType": "ACTUAL",
                        "ComparisonOperator": "GREATER_THAN",
                        "Threshold": 80.0,
                        "ThresholdType": "PERCENTAGE",
                    },
                    "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "a@example.com"}],
                }
            ],
        }

    check_type("AWS::Budgets::Budget", before=budget(100.0), after=budget(50.0), read=read)
