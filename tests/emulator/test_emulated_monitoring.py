"""Logs, alarms and trails of the embedded AWS: every property of a template arrives."""

from __future__ import annotations

from typing import Any

KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}
    ],
}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def ours(tags: Any) -> list[dict[str, str]]:
    """Tags in the template's words, without CloudFormation's own."""
    pairs = tags.items() if isinstance(tags, dict) else [(tag["Key"], tag["Value"]) for tag in tags]
    return sorted(({"Key": k, "Value": v} for k, v in pairs if not k.startswith("aws:")), key=lambda tag: tag["Key"])


def test_log_group_is_created_updated_and_deleted(check_type: Any) -> None:
    """Retention, key and tags of a log group arrive."""

    def read(clients: Any, name: str) -> dict[str, Any]:
        [group] = clients("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"] or [None]
        if group is None:
            raise LookupError(name)
        tags = clients("logs").list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"]
        return {
            "LogGroupName": name,
            "RetentionInDays": group.get("retentionInDays"),
            "KmsKeyId": group.get("kmsKeyId"),
            "LogGroupClass": group["logGroupClass"],
            "Tags": ours(tags),
        }

    fixed = {"LogGroupName": "/tap/dev/audit", "LogGroupClass": "STANDARD"}
    check_type(
        "AWS::Logs::LogGroup",
        before={
            **fixed,
            "RetentionInDays": 30,
            "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
            "Tags": [{"Key": "Environment", "Value": "dev"}],
        },
        after={**fixed, "RetentionInDays": 365, "Tags": [{"Key": "Environment", "Value": "prod"}]},
        support={"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": KEY_POLICY}}},
        read=read,
    )


def test_metric_filter_is_created_updated_and_deleted(check_type: Any) -> None:
    """Pattern and transformations of a metric filter arrive."""

    def read(clients: Any, name: str) -> dict[str, Any]:
        [found] = clients("logs").describe_metric_filters(logGroupName="/tap/dev/m")["metricFilters"]
        return {
            "FilterName": name,
            "LogGroupName": found["logGroupName"],
            "FilterPattern": found["filterPattern"],
            "MetricTransformations": [
                {
                    "MetricName": t["metricName"],
                    "MetricNamespace": t["metricNamespace"],
                    "MetricValue": t["metricValue"],
                    "DefaultValue": t.get("defaultValue"),
                }
                for t in found["metricTransformations"]
            ],
        }

    def transformation(name: str) -> dict[str, Any]:
        return {"MetricName": name, "MetricNamespace": "Tap", "MetricValue": "1", "DefaultValue": 0}

    fixed = {"FilterName": "root-use", "LogGroupName": {"Ref": "Group"}}
    check_type(
        "AWS::Logs::MetricFilter",
        before={
            **fixed,
            "FilterPattern": '{ $.userIdentity.type = "Root" }',
            "MetricTransformations": [transformation("A")],
        },
        after={**fixed, "FilterPattern": "ERROR", "MetricTransformations": [transformation("B")]},
        support={"Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/tap/dev/m"}}},
        read=read,
    )


def read_alarm(clients: Any, name: str) -> dict[str, Any]:
    """The alarm's properties, in the template's words."""
    cloudwatch = clients("cloudwatch")
    [found] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"] or [None]
    if found is None:
        raise LookupError(name)
    tags = cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    return {**found, "Tags": ours(tags), "InsufficientDataActions": found["InsufficientDataActions"] or None}


def test_alarm_is_created_updated_and_deleted(check_type: Any) -> None:
    """Metric, threshold, actions and tags of an alarm arrive."""
    fixed = {
        "AlarmName": "tap-dev-errors",
        "Namespace": "AWS/Lambda",
        "MetricName": "Errors",
        "Period": 300,
        "Dimensions": [{"Name": "FunctionName", "Value": "f"}],
        "TreatMissingData": "notBreaching",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "ActionsEnabled": True,
    }
    check_type(
        "AWS::CloudWatch::Alarm",
        before={
            **fixed,
            "AlarmDescription": "one",
            "Statistic": "Sum",
            "Threshold": 1.0,
            "AlarmActions": [{"Ref": "Topic"}],
            "OKActions": [{"Ref": "Topic"}],
            "Tags": [{"Key": "Environment", "Value": "dev"}],
        },
        after={
            **fixed,
            "AlarmDescription": "two",
            "Statistic": "Sum",
            "Threshold": 5.0,
            "AlarmActions": [{"Ref": "Topic"}],
            "OKActions": [],
            "Tags": [{"Key": "Environment", "Value": "prod"}],
        },
        support={"Topic": {"Type": "AWS::SNS::Topic"}},
        read=read_alarm,
    )


def test_alarm_over_metric_math_is_created_updated_and_deleted(check_type: Any) -> None:
    """An error rate is an alarm too."""

    def read(clients: Any, name: str) -> dict[str, Any]:
        """Properties in the template's words."""
        return {key: value or None for key, value in read_alarm(clients, name).items()}

    def rate(threshold: float) -> dict[str, Any]:
        """Errors over invocations."""

        def metric(query: str, name: str) -> dict[str, Any]:
            """One metric of the expression."""
            stat = {
                "Metric": {"Namespace": "AWS/Lambda", "MetricName": name, "Dimensions": []},
                "Period": 300,
                "Stat": "Sum",
            }
            return {"Id": query, "MetricStat": stat, "ReturnData": False}

        queries = [{"Id": "rate", "Expression": "errors / calls", "Label": "Rate", "ReturnData": True}]
        return {
            "AlarmName": "tap-dev-rate",
            "Metrics": [*queries, metric("errors", "Errors"), metric("calls", "Invocations")],
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "Threshold": threshold,
            "AlarmActions": [{"Ref": "Topic"}],
            "Tags": [{"Key": "Threshold", "Value": str(threshold)}],
        }

    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    check_type("AWS::CloudWatch::Alarm", before=rate(0.1), after=rate(0.2), support=topic, read=read)


def test_alarm_over_a_percentile_is_created_updated_and_deleted(check_type: Any) -> None:
    """A percentile is not mistaken for an average."""
    fixed = {
        "AlarmName": "tap-dev-slow",
        "Namespace": "AWS/Lambda",
        "MetricName": "Duration",
        "Period": 60,
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
    }

    def read(clients: Any, name: str) -> dict[str, Any]:
        """Properties in the template's words."""
        found = read_alarm(clients, name)
        return {**found, "Statistic": found.get("Statistic")}

    check_type(
        "AWS::CloudWatch::Alarm",
        before={**fixed, "ExtendedStatistic": "p99", "Threshold": 1.0},
        after={**fixed, "ExtendedStatistic": "p95", "Threshold": 2.0},
        read=read,
    )


def test_composite_alarm_is_created_updated_and_deleted(check_type: Any) -> None:
    """Rule, actions and tags of a composite alarm arrive."""

    def read(clients: Any, name: str) -> dict[str, Any]:
        """Properties in the template's words."""
        cloudwatch = clients("cloudwatch")
        [found] = cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
        tags = cloudwatch.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
        return {**found, "Tags": ours(tags)}

    fixed = {"AlarmName": "tap-dev-all", "AlarmActions": [{"Ref": "Topic"}], "ActionsEnabled": True}
    check_type(
        "AWS::CloudWatch::CompositeAlarm",
        before={**fixed, "AlarmRule": "TRUE", "AlarmDescription": "one", "Tags": [{"Key": "A", "Value": "1"}]},
        after={**fixed, "AlarmRule": "FALSE", "AlarmDescription": "two", "Tags": [{"Key": "B", "Value": "2"}]},
        support={"Topic": {"Type": "AWS::SNS::Topic"}},
        read=read,
    )


def read_trail(clients: Any, name: str) -> dict[str, Any]:
    """The trail's properties, in the template's words."""
    cloudtrail = clients("cloudtrail")
    trail = cloudtrail.get_trail(Name=name)["Trail"]
    selectors = cloudtrail.get_event_selectors(TrailName=name)
    return {
        "TrailName": trail["Name"],
        "S3BucketName": trail["S3BucketName"],
        "S3KeyPrefix": trail.get("S3KeyPrefix") or None,
        "SnsTopicName": trail.get("SnsTopicName") or None,
        "IsMultiRegionTrail": trail["IsMultiRegionTrail"],
        "IncludeGlobalServiceEvents": trail["IncludeGlobalServiceEvents"],
        "EnableLogFileValidation": trail["LogFileValidationEnabled"],
        "CloudWatchLogsLogGroupArn": trail.get("CloudWatchLogsLogGroupArn") or None,
        "CloudWatchLogsRoleArn": trail.get("CloudWatchLogsRoleArn") or None,
        "KMSKeyId": trail.get("KmsKeyId"),
        "IsLogging": cloudtrail.get_trail_status(Name=name)["IsLogging"],
        "EventSelectors": selectors.get("EventSelectors"),
        "AdvancedEventSelectors": selectors.get("AdvancedEventSelectors"),
        "Tags": ours(cloudtrail.list_tags(ResourceIdList=[trail["TrailARN"]])["ResourceTagList"][0]["TagsList"]),
    }


def test_trail_is_created_updated_and_deleted(check_type: Any) -> None:
    """Every property of a trail arrives; Ref is its name and GetAtt Arn its ARN."""
    fixed = {"TrailName": "tap-dev-audit", "S3BucketName": {"Ref": "Bucket"}, "IncludeGlobalServiceEvents": True}
    objects = {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}
    check_type(
        "AWS::CloudTrail::Trail",
        before={
            **fixed,
            "S3KeyPrefix": "audit",
            "IsMultiRegionTrail": True,
            "EnableLogFileValidation": True,
            "IsLogging": True,
            "SnsTopicName": {"Fn::GetAtt": ["Topic", "TopicName"]},
            "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["Logs", "Arn"]},
            "CloudWatchLogsRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "KMSKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
            "EventSelectors": [
                {
                    "ReadWriteType": "All",
                    "IncludeManagementEvents": True,
                    "DataResources": [objects],
                    "ExcludeManagementEventSources": [],
                }
            ],
            "Tags": [{"Key": "Environment", "Value": "dev"}, {"Key": "Owner", "Value": "a"}],
        },
        after={
            **fixed,
            "IsMultiRegionTrail": False,
            "EnableLogFileValidation": False,
            "IsLogging": False,
            "AdvancedEventSelectors": [
                {"Name": "management", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
            ],
            "Tags": [{"Key": "Environment", "Value": "prod"}],
        },
        support={
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Logs": {"Type": "AWS::Logs::LogGroup"},
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
            "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": KEY_POLICY}},
        },
        read=read_trail,
    )


def test_trail_gives_name_and_arn(stack: Any) -> None:
    """Ref is the name, GetAtt Arn the ARN."""
    stack.deploy(
        {
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "Trail": {
                "Type": "AWS::CloudTrail::Trail",
                "Properties": {"TrailName": "tap-ref", "S3BucketName": {"Ref": "Bucket"}, "IsLogging": True},
            },
            "Parameter": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Type": "String", "Value": {"Fn::GetAtt": ["Trail", "Arn"]}},
            },
        }
    )

    assert stack.ids["Trail"] == "tap-ref"
    assert stack.attributes[("Trail", "Arn")] == "arn:aws:cloudtrail:us-east-1:111122223333:trail/tap-ref"
