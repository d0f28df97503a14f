"""A stack of one's own: a bucket with its access logs, a role that may read one folder of it, and a raw resource."""

from troposphere import Ref, ssm

from tap_templates import Settings, Stack
from tap_templates.components.identity import permissions_boundary, service_role
from tap_templates.components.storage import access_log_bucket, data_bucket

stack = Stack(Settings(project="reports", environment="dev", owner="bi@example.com"), description="Monthly reports")
permissions_boundary(stack)
documents = data_bucket(stack, "Documents", access_logs=access_log_bucket(stack))
service_role(
    stack,
    "Reader",
    service="lambda.amazonaws.com",
    statements=[*documents.list("monthly/"), *documents.read("monthly/")],
    description="Reads the monthly reports",
)
stack.add(
    ssm.Parameter(
        "BucketPointer", Name=stack.name("BucketPointer", ssm.Parameter), Type="String", Value=Ref(documents.resource)
    )
)

print(stack.to_json(), end="")
