"""Corners of the added types: less usual properties, and failures that must leave nothing behind."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tap_templates.emulator.types.s3 import _lifecycle_rule

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}
ALARM = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 1}


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({}, {"Filter": {"Prefix": ""}}),
        ({"Prefix": "a/"}, {"Filter": {"Prefix": "a/"}}),
        ({"TagFilters": [{"Key": "k", "Value": "v"}]}, {"Filter": {"Tag": {"Key": "k", "Value": "v"}}}),
        (
            {"ObjectSizeGreaterThan": "1", "ObjectSizeLessThan": "9"},
            {"Filter": {"And": {"ObjectSizeGreaterThan": 1, "ObjectSizeLessThan": 9}}},
        ),
        (
            {"ExpirationDate": "2030-01-01T00:00:00Z"},
            {"Filter": {"Prefix": ""}, "Expiration": {"Date": "2030-01-01T00:00:00Z"}},
        ),
        (
            {"ExpiredObjectDeleteMarker": "true"},
            {"Filter": {"Prefix": ""}, "Expiration": {"ExpiredObjectDeleteMarker": True}},
        ),
        (
            {"Transition": {"StorageClass": "GLACIER", "TransitionDate": "2030-01-01T00:00:00Z"}},
            {
                "Filter": {"Prefix": ""},
                "Transitions": [{"StorageClass": "GLACIER", "Date": "2030-01-01T00:00:00Z"}],
            },
        ),
        (
            {"NoncurrentVersionExpirationInDays": "30"},
            {"Filter": {"Prefix": ""}, "NoncurrentVersionExpiration": {"NoncurrentDays": 30}},
        ),
        (
            {
                "NoncurrentVersionTransition": {
                    "StorageClass": "GLACIER",
                    "TransitionInDays": 30,
                    "NewerNoncurrentVersions": 2,
                }
            },
            {
                "Filter": {"Prefix": ""},
                "NoncurrentVersionTransitions": [
                    {"NoncurrentDays": 30, "StorageClass": "GLACIER", "NewerNoncurrentVersions": 2}
                ],
            },
        ),
    ],
)
def test_lifecycle_rules_are_said_in_the_api_s_words(rule: dict[str, Any], said: dict[str, Any]) -> None:
    """Old and new forms of a rule, and every kind of filter."""
    assert _lifecycle_rule({"Status": "Enabled", **rule}) == {"Status": "Enabled", **said}


def test_dropped_bucket_properties_return_to_their_default(stack: Any, clients: Any) -> None:
    """Encryption, logging and tags that the template no longer names go."""
    rich = {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]
        },
        "Tags": [{"Key": "A", "Value": "1"}],
        "VersioningConfiguration": {"Status": "Enabled"},
        "LoggingConfiguration": {"TargetObjectKeyFormat": {"SimplePrefix": {}}},
    }
    stack.deploy({"Bucket": {"Type": "AWS::S3::Bucket", "Properties": rich}})
    stack.deploy({"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {}}})

    s3, bucket = clients("s3"), stack.ids["Bucket"]
    [rule] = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)
    tags = s3.get_bucket_tagging(Bucket=bucket)["TagSet"]
    assert all(tag["Key"].startswith("aws:") for tag in tags)


def test_bucket_whose_repair_fails_is_not_left_behind(stack: Any, clients: Any) -> None:
    """A bucket that cannot be completed fails, with the service's reason, and is gone."""
    wrong = {
        "BucketName": "tap-dev-half",
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "rot13"}}]
        },
    }
    with pytest.raises(AssertionError, match="ROLLBACK_COMPLETE"):
        stack.deploy({"Bucket": {"Type": "AWS::S3::Bucket", "Properties": wrong}})
    with pytest.raises(ClientError, match="404"):
        clients("s3").head_bucket(Bucket="tap-dev-half")


def test_trail_that_fails_is_not_left_behind(stack: Any, clients: Any) -> None:
    """A trail whose selectors are refused is gone."""
    selectors = [{"ReadWriteType": "All", "IncludeManagementEvents": True}] * 6  # five at most
    properties = {"TrailName": "half", "S3BucketName": "b", "IsLogging": True, "EventSelectors": selectors}
    with pytest.raises(AssertionError, match="InvalidEventSelectors"):
        stack.deploy({"Trail": {"Type": "AWS::CloudTrail::Trail", "Properties": properties}})
    assert clients("cloudtrail").describe_trails(trailNameList=["half"])["trailList"] == []


def test_trail_returns_to_management_events(stack: Any, clients: Any) -> None:
    """Selectors that the template drops give way to the default."""
    bucket = {"Bucket": {"Type": "AWS::S3::Bucket"}}
    fixed = {"S3BucketName": {"Ref": "Bucket"}, "IsLogging": True}
    advanced = [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}]
    stack.deploy(
        {
            **bucket,
            "Trail": {"Type": "AWS::CloudTrail::Trail", "Properties": {**fixed, "AdvancedEventSelectors": advanced}},
        }
    )
    stack.deploy({**bucket, "Trail": {"Type": "AWS::CloudTrail::Trail", "Properties": fixed}})

    [selector] = clients("cloudtrail").get_event_selectors(TrailName=stack.ids["Trail"])["EventSelectors"]
    assert (selector["ReadWriteType"], selector["IncludeManagementEvents"]) == ("All", True)
    assert selector["DataResources"] == []


def test_function_in_a_network(stack: Any, clients: Any) -> None:
    """Subnets and security groups of a function arrive, and go."""
    network = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}},
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {"GroupDescription": "d", "VpcId": {"Ref": "Vpc"}},
        },
        "Role": ROLE,
    }
    properties = {
        "Runtime": "python3.13",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": "def handler(event, context):\n    return 1\n"},
    }
    within = {"SubnetIds": [{"Ref": "Subnet"}], "SecurityGroupIds": [{"Fn::GetAtt": ["Group", "GroupId"]}]}
    lambda_client = clients("lambda")

    for vpc, subnets in ((within, 1), (None, 0)):
        more = {"VpcConfig": vpc} if vpc else {}
        function = {"Type": "AWS::Lambda::Function", "Properties": {**properties, **more}}
        stack.deploy({**network, "Function": function})
        found = lambda_client.get_function_configuration(FunctionName=stack.ids["Function"])
        assert len(found.get("VpcConfig", {}).get("SubnetIds", [])) == subnets


def test_alarm_over_metric_math_does_not_disturb_metrics(stack: Any, clients: Any) -> None:
    """It is stored, not evaluated; metrics beside it still work, and with it a threshold taken from a band."""
    queries = [
        {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 2)"},
        {
            "Id": "m",
            "Period": "60",
            "MetricStat": {"Metric": {"Namespace": "Tap", "MetricName": "M"}, "Period": 60, "Stat": "Sum"},
        },
    ]
    band = {**ALARM, "Metrics": queries, "ThresholdMetricId": "band"}
    plain = {**ALARM, "Namespace": "Tap", "MetricName": "M", "Period": 60, "Statistic": "Sum"}
    stack.deploy(
        {
            "Band": {"Type": "AWS::CloudWatch::Alarm", "Properties": band},
            "Plain": {"Type": "AWS::CloudWatch::Alarm", "Properties": plain},
            "All": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmRule": "FALSE"}},
        }
    )
    cloudwatch = clients("cloudwatch")
    cloudwatch.put_metric_data(Namespace="Tap", MetricData=[{"MetricName": "M", "Value": 5.0}])

    states = {
        alarm["AlarmName"]: (alarm["StateValue"], alarm.get("ThresholdMetricId"))
        for alarm in cloudwatch.describe_alarms(AlarmNames=[stack.ids["Band"], stack.ids["Plain"]])["MetricAlarms"]
    }
    assert states == {stack.ids["Band"]: ("INSUFFICIENT_DATA", "band"), stack.ids["Plain"]: ("ALARM", None)}


def test_config_takes_json_text_and_a_small_recording_group(stack: Any, clients: Any) -> None:
    """Parameters of a rule may be text; a recorder may be left to its defaults; a budget may have no limit."""
    stack.deploy(
        {
            "Role": ROLE,
            "Recorder": {
                "Type": "AWS::Config::ConfigurationRecorder",
                "Properties": {"RoleARN": {"Fn::GetAtt": ["Role", "Arn"]}},
            },
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "Channel": {
                "Type": "AWS::Config::DeliveryChannel",
                "Properties": {"S3BucketName": {"Ref": "Bucket"}},
            },
            "Rule": {
                "Type": "AWS::Config::ConfigRule",
                "Properties": {
                    "InputParameters": '{"maxAccessKeyAge": "90"}',
                    "Source": {"Owner": "AWS", "SourceIdentifier": "ACCESS_KEYS_ROTATED"},
                },
            },
            "Budget": {
                "Type": "AWS::Budgets::Budget",
                "Properties": {
                    "Budget": {
                        "BudgetType": "COST",
                        "TimeUnit": "MONTHLY",
                        "AutoAdjustData": {"AutoAdjustType": "FORECAST"},
                    }
                },
            },
        }
    )

    [rule] = clients("config").describe_config_rules(ConfigRuleNames=[stack.ids["Rule"]])["ConfigRules"]
    assert rule["InputParameters"] == '{"maxAccessKeyAge": "90"}'


def test_group_may_go_before_its_members(stack: Any, clients: Any) -> None:
    """Deleting a group by hand does not keep its stack from being deleted; moving members to another group works."""

    def resources(group: str) -> dict[str, Any]:
        """Alice in a group."""
        return {
            "One": {"Type": "AWS::IAM::Group", "Properties": {}},
            "Two": {"Type": "AWS::IAM::Group", "Properties": {}},
            "Alice": {"Type": "AWS::IAM::User", "Properties": {}},
            "Members": {
                "Type": "AWS::IAM::UserToGroupAddition",
                "Properties": {"GroupName": {"Ref": group}, "Users": [{"Ref": "Alice"}]},
            },
        }

    stack.deploy(resources("One"))
    stack.deploy(resources("Two"))
    iam = clients("iam")
    assert iam.get_group(GroupName=stack.ids["One"])["Users"] == []
    assert [u["UserName"] for u in iam.get_group(GroupName=stack.ids["Two"])["Users"]] == [stack.ids["Alice"]]
    iam.delete_group(GroupName=stack.ids["Two"])
    stack.delete()


def test_topic_with_a_delivery_policy_and_order(stack: Any, clients: Any) -> None:
    """Attributes that are documents or switches arrive too."""
    policy = {"http": {"defaultHealthyRetryPolicy": {"numRetries": 5}}}
    properties = {
        "TopicName": "tap-dev.fifo",
        "FifoTopic": True,
        "ContentBasedDeduplication": True,
        "DeliveryPolicy": policy,
    }
    stack.deploy({"Topic": {"Type": "AWS::SNS::Topic", "Properties": properties}})

    found = clients("sns").get_topic_attributes(TopicArn=stack.ids["Topic"])["Attributes"]
    assert found["ContentBasedDeduplication"] == "true"
    assert "numRetries" in found["DeliveryPolicy"]


def test_added_types_follow_stack_tags(stack: Any, clients: Any) -> None:
    """A stack tag reaches a trail, and leaves it."""
    resources = {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Trail": {
            "Type": "AWS::CloudTrail::Trail",
            "Properties": {"S3BucketName": {"Ref": "Bucket"}, "IsLogging": True},
        },
        "Queue": {"Type": "AWS::SQS::Queue"},
    }
    stack.deploy(resources, Tags=[{"Key": "Project", "Value": "tap"}])
    arn = clients("cloudtrail").get_trail(Name=stack.ids["Trail"])["Trail"]["TrailARN"]
    tags = clients("cloudtrail").list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"]

    assert {"Key": "Project", "Value": "tap"} in tags
