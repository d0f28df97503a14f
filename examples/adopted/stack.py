"""A stack written by hand in troposphere, which takes over names, tags and checks and nothing else.

Only three things differ from the script as it was: `Stack` in the place of `Template`, `stack.name` where a name stood,
and `to_json` of the stack. Tags, outputs and the parameters that are asked for come by themselves.

    python examples/adopted/stack.py > orders.json
    tap-templates check orders.json
"""

from troposphere import Ref, cloudwatch, dynamodb, logs, sns

from tap_templates import Settings, Stack

stack = Stack(Settings(project="orders", owner="shop@example.com"), description="Orders of the shop")

orders = stack.add(
    dynamodb.Table(
        "Orders",
        TableName=stack.name("Orders", dynamodb.Table),
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[dynamodb.AttributeDefinition(AttributeName="id", AttributeType="S")],
        KeySchema=[dynamodb.KeySchema(AttributeName="id", KeyType="HASH")],
        SSESpecification=dynamodb.SSESpecification(SSEEnabled=True),
        PointInTimeRecoverySpecification=dynamodb.PointInTimeRecoverySpecification(PointInTimeRecoveryEnabled=True),
        DeletionProtectionEnabled=True,
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
    )
)
notices = stack.add(sns.Topic("Notices", TopicName=stack.name("Notices", sns.Topic), KmsMasterKeyId="alias/orders"))
stack.add(
    sns.TopicPolicy(
        "NoticesPolicy",
        Topics=[Ref(notices)],
        PolicyDocument={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "DenyPlainHttp",
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": "sns:Publish",
                    "Resource": Ref(notices),
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        },
    )
)
for kind in ("Read", "Write"):
    stack.add(
        cloudwatch.Alarm(
            f"{kind}sThrottled",
            AlarmName=stack.name(f"{kind}sThrottled", cloudwatch.Alarm),
            AlarmDescription=f"{kind}s of orders were throttled",
            AlarmActions=[Ref(notices)],
            Namespace="AWS/DynamoDB",
            MetricName=f"{kind}ThrottleEvents",
            Dimensions=[cloudwatch.MetricDimension(Name="TableName", Value=Ref(orders))],
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            Threshold=1,
        )
    )
stack.add(logs.LogGroup("Audit", RetentionInDays=400, DeletionPolicy="Retain", UpdateReplacePolicy="Retain"))

print(stack.to_json(), end="")
