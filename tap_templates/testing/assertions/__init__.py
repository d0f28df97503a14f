"""Assertions over templates, in the words of the template.

>>> template = Template("templates/secure-enterprise.json")
>>> template.has_resource("AWS::S3::Bucket", {"VersioningConfiguration": {"Status": "Enabled"}}, Condition=absent)
>>> template.all_of_type("AWS::S3::Bucket", {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}})
>>> key = Capture()
>>> template.has_resource("AWS::KMS::Alias", {"TargetKeyId": key})
>>> template.has_output("DataBucketName", {"Value": {"Ref": "DataBucket"}})

Objects match in part: what is expected must be there, more may be. Lists match item by item; ``contains`` matches
some of them. An assertion that nothing could contradict fails: ``all_of_type`` of a type that is not there, too.
"""

from tap_templates.testing.assertions.matching import (
    Capture,
    Matcher,
    absent,
    anything,
    contains,
    exactly,
    json_text,
    matching,
    not_matching,
)
from tap_templates.testing.assertions.template import Template

__all__ = [
    "Capture",
    "Matcher",
    "Template",
    "absent",
    "anything",
    "contains",
    "exactly",
    "json_text",
    "matching",
    "not_matching",
]
