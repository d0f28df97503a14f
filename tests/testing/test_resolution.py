"""The concrete template for given parameters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import resolve as oracle

from tap_templates import build
from tap_templates.errors import UsageError
from tap_templates.testing import conditions, resolve
from tap_templates.testing.bindings import STACK_UUID
from tap_templates.testing.intrinsics import ResolutionError

PARAMETERS: dict[str, Any] = {
    "Environment": {"Type": "String", "AllowedValues": ["dev", "prod"], "Default": "dev"},
    "Days": {"Type": "Number", "MinValue": 1, "MaxValue": 400, "Default": "030"},
    "Rate": {"Type": "Number", "Default": 0.5},
    "Zones": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
    "Ports": {"Type": "List<Number>", "Default": "80,443"},
    "Image": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/aws/image"},
    "Flag": {"Type": "String", "AllowedValues": ["true", "false"], "Default": "false"},
}
CONDITIONS: dict[str, Any] = {
    "IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
    "IsDev": {"Fn::Not": [{"Condition": "IsProd"}]},
    "Both": {"Fn::And": [{"Condition": "IsProd"}, {"Fn::Equals": [{"Ref": "Flag"}, True]}]},
    "Either": {"Fn::Or": [{"Condition": "IsProd"}, {"Fn::Equals": [{"Fn::Select": [0, {"Ref": "Zones"}]}, "a"]}]},
    "AsWritten": {"Fn::Equals": [{"Ref": "Days"}, "30"]},
}
MAPPINGS = {"Sizes": {"dev": {"Count": 1}, "prod": {"Count": 3}}}


def template(value: Any, **more: Any) -> dict[str, Any]:
    """A template with one property of this value, and a bucket and a production-only topic beside it."""
    resources = {
        "Subject": {"Type": "AWS::SQS::Queue", "Properties": {"Value": value}},
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Topic": {"Type": "AWS::SNS::Topic", "Condition": "IsProd"},
    }
    sections = {"Parameters": PARAMETERS, "Conditions": CONDITIONS, "Mappings": MAPPINGS, "Resources": resources}
    return {**sections, **more}


def resolved(value: Any, parameters: dict[str, Any] | None = None, **where: str) -> Any:
    """What a property of this value becomes; a property without value becomes ``gone``."""
    properties = resolve(template(value), parameters, **where)["Resources"]["Subject"]["Properties"]
    return properties.get("Value", "gone")


ARN = {"Fn::GetAtt": ["Bucket", "Arn"]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Environment"}, "dev"),
        ({"Ref": "Days"}, 30),
        ({"Ref": "Rate"}, 0.5),
        ({"Ref": "Zones"}, ["a", "b", "c"]),
        ({"Ref": "Ports"}, [80, 443]),
        ({"Ref": "Image"}, {"Ref": "Image"}),
        ({"Ref": "Bucket"}, {"Ref": "Bucket"}),
        ({"Ref": "AWS::NoValue"}, "gone"),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "AWS::NotificationARNs"}, []),
        ([1, {"Ref": "AWS::NoValue"}, 2], [1, 2]),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        ({"Fn::GetAtt": "Bucket.Arn"}, ARN),
        ({"Fn::If": ["IsProd", "yes", "no"]}, "no"),
        ({"Fn::If": ["IsProd", 1, {"Ref": "AWS::NoValue"}]}, "gone"),
        ({"Fn::Sub": "${Environment}-${Days}-${AWS::Region}"}, "dev-030-us-east-1"),
        ({"Fn::Sub": "${!Literal} ${Environment}"}, "${Literal} dev"),
        ({"Fn::Sub": ["${a}/${Bucket}", {"a": {"Ref": "Environment"}}]}, {"Fn::Sub": "dev/${Bucket}"}),
        ({"Fn::Sub": ["${a}/${!b}", {"a": ARN}]}, {"Fn::Sub": ["${a}/${!b}", {"a": ARN}]}),
        ({"Fn::Sub": "${Bucket.Arn}/${Environment}/*"}, {"Fn::Sub": "${Bucket.Arn}/dev/*"}),
        ({"Fn::Sub": "${Image}"}, {"Fn::Sub": "${Image}"}),
        ({"Fn::Sub": "${Zones}"}, "a, b,c"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Environment"}, {"Ref": "Days"}]]}, "a-dev-030"),
        ({"Fn::Join": ["/", ["a", "b", ARN, "c", "d"]]}, {"Fn::Join": ["/", ["a/b", ARN, "c/d"]]}),
        ({"Fn::Join": [",", {"Ref": "Zones"}]}, "a,b,c"),
        ({"Fn::Join": [",", []]}, ""),
        ({"Fn::Join": [",", ARN]}, {"Fn::Join": [",", ARN]}),
        ({"Fn::Select": ["1", {"Ref": "Zones"}]}, "b"),
        ({"Fn::Select": [0, [ARN, 1]]}, ARN),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        ({"Fn::Split": ["-", {"Fn::Sub": "a-${Environment}"}]}, ["a", "dev"]),
        ({"Fn::Split": ["-", ARN]}, {"Fn::Split": ["-", ARN]}),
        ({"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}, STACK_UUID),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Environment"}, "Count"]}, 1),
        ({"Fn::FindInMap": ["Sizes", "test", "Count", {"DefaultValue": 9}]}, 9),
        ({"Fn::FindInMap": ["Sizes", ARN, "Count"]}, {"Fn::FindInMap": ["Sizes", ARN, "Count"]}),
        ({"Fn::Length": {"Ref": "Zones"}}, 3),
        ({"Fn::Length": ARN}, {"Fn::Length": ARN}),
        ({"Fn::ToJsonString": {"a": [{"Ref": "Days"}]}}, '{"a":[30]}'),
        ({"Fn::ToJsonString": {"a": ARN}}, {"Fn::ToJsonString": {"a": ARN}}),
        ({"Fn::Base64": {"Fn::Sub": "${Environment}"}}, {"Fn::Base64": "dev"}),
        ({"Fn::GetAZs": {"Ref": "AWS::Region"}}, {"Fn::GetAZs": "us-east-1"}),
        ({"Fn::ImportValue": {"Fn::Sub": "${Environment}-key"}}, {"Fn::ImportValue": "dev-key"}),
        ("{{resolve:ssm:/a}}", "{{resolve:ssm:/a}}"),
        ({"Condition": {"StringEquals": {"a": {"Ref": "Environment"}}}}, {"Condition": {"StringEquals": {"a": "dev"}}}),
    ],
)
def test_value_is_settled_as_far_as_the_template_allows(value: Any, expected: Any) -> None:
    """What is known is filled in; what only AWS knows stays, and nothing around it is lost."""
    assert resolved(value) == expected


def test_conditions_decide_resources_outputs_and_dependencies() -> None:
    """What a false Condition leaves out is gone, and nothing waits for it."""
    source = template(1)
    source["Resources"]["Subject"]["DependsOn"] = ["Bucket", "Topic"]
    source["Resources"]["Late"] = {"Type": "AWS::SQS::Queue", "DependsOn": "Topic", "DeletionPolicy": "Retain"}
    source["Outputs"] = {"Topic": {"Condition": "IsProd", "Value": {"Ref": "Topic"}}, "One": {"Value": "1"}}
    source["Description"] = "d"

    dev, prod = resolve(source), resolve(source, {"Environment": "prod"})

    assert list(dev) == ["Resources", "Outputs", "Description"]
    assert list(dev["Resources"]) == ["Subject", "Bucket", "Late"]
    assert dev["Resources"]["Subject"]["DependsOn"] == ["Bucket"]
    assert dev["Resources"]["Late"] == {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"}
    assert dev["Outputs"] == {"One": {"Value": "1"}}
    assert prod["Resources"]["Topic"] == {"Type": "AWS::SNS::Topic"}
    assert prod["Resources"]["Late"]["DependsOn"] == "Topic"
    assert prod["Outputs"]["Topic"] == {"Value": {"Ref": "Topic"}}


def test_conditions_are_those_of_cloudformation() -> None:
    """And, Or, Not, Equals and Condition; a boolean is a word, a number is compared as it was written."""
    assert conditions(template(1)) == {
        "IsProd": False,
        "IsDev": True,
        "Both": False,
        "Either": True,
        "AsWritten": False,
    }
    given_values = {"Environment": "prod", "Flag": True, "Days": 30, "Zones": ["x", "y"]}
    assert conditions(template(1), given_values) == {
        "IsProd": True,
        "IsDev": False,
        "Both": True,
        "Either": True,
        "AsWritten": True,
    }


def test_pseudo_parameters_follow_the_region() -> None:
    """Partition and URL suffix are those of the region; account and stack name are as given."""
    text = "${AWS::Partition} ${AWS::URLSuffix} ${AWS::AccountId} ${AWS::StackName} ${AWS::StackId}"
    arn = "arn:aws-cn:cloudformation:cn-north-1:444455556666:stack/mine"

    assert (
        resolved({"Fn::Sub": text}, region="cn-north-1", account="444455556666", stack_name="mine")
        == f"aws-cn amazonaws.com.cn 444455556666 mine {arn}/{STACK_UUID}"
    )


def test_text_of_an_answer_stays_text() -> None:
    """An answer that looks like a variable is not substituted, settled or not."""
    source = template({"Fn::Sub": "${Owner} ${Bucket}"}, Parameters={**PARAMETERS, "Owner": {"Type": "String"}})
    settled = template({"Fn::Sub": "${Owner}"}, Parameters={**PARAMETERS, "Owner": {"Type": "String"}})

    def value(source: dict[str, Any]) -> Any:
        return resolve(source, {"Owner": "${Days}"})["Resources"]["Subject"]["Properties"]["Value"]

    assert value(source) == {"Fn::Sub": "${!Days} ${Bucket}"}
    assert value(settled) == "${Days}"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"Ref": "Buckett"}, "a reference to Buckett'; declare it, or correct the name (did you mean Bucket?)"),
        ({"Fn::Sub": "${Envirnment}"}, "did you mean Environment?"),
        ({"Fn::GetAtt": ["Topic", "TopicName"]}, "Topic, which is not made: its Condition IsProd is false"),
        ({"Fn::If": ["IsProdd", 1, 2]}, "found 'Condition IsProdd'; declare it in Conditions (did you mean IsProd?)"),
        ({"Fn::If": ["IsProd", 1]}, "give it 3 parts"),
        ({"Fn::Select": [7, {"Ref": "Zones"}]}, "Fn::Select 7 of 3"),
        ({"Fn::FindInMap": ["Sizes", "prd", "Count"]}, "key prd in Mappings.Sizes'; use one of dev, prod"),
        ({"Fn::FindInMap": ["Size", "dev", "Count"]}, "key Size in Mappings'; use one of Sizes (did you mean Sizes?)"),
        ({"Fn::FindInMap": ["Sizes", "dev"]}, "give it a map and two keys"),
        ({"Fn::Join": "-"}, 'Fn::Join with "-"'),
    ],
)
def test_template_that_cloudformation_would_refuse(value: Any, said: str) -> None:
    """The error names the path, what was found, and what to do."""
    with pytest.raises(ResolutionError) as caught:
        resolved([value])

    assert said in str(caught.value)
    assert str(caught.value).startswith("Resources.Subject.Properties.Value[0]")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"Condition": "Odd"}, "found 'Odd -> Odd'; break the circle"),
        ({"Fn::Equals": [ARN, "x"]}, "compare what is known before anything is created"),
        ({"Fn::Equals": [{"Ref": "Environment"}]}, "give it 2 parts"),
        ({"Fn::If": ["IsProd", 1, 2]}, "use Fn::And, Fn::Or, Fn::Not, Fn::Equals or Condition"),
        ({"Fn::Not": []}, "use Fn::And, Fn::Or, Fn::Not, Fn::Equals or Condition"),
        ("true", "use Fn::And, Fn::Or, Fn::Not, Fn::Equals or Condition"),
    ],
)
def test_condition_that_cloudformation_would_refuse(body: Any, said: str) -> None:
    """A Condition is a condition function of known values, and no circle."""
    with pytest.raises(ResolutionError) as caught:
        conditions(template(1, Conditions={**CONDITIONS, "Odd": body}))

    assert said in str(caught.value)


def test_dependency_on_nothing_is_refused() -> None:
    """DependsOn names a resource of the template."""
    source = template(1)
    source["Resources"]["Subject"]["DependsOn"] = "Buckett"

    with pytest.raises(ResolutionError, match=r"Resources.Subject.DependsOn: .*did you mean Bucket"):
        resolve(source)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"Environment": "test", "Days": 401}, r"Days: found '401'.*Environment: found 'test'"),
        ({"Environmnt": "dev"}, "no such parameter .did you mean Environment"),
        ({"Days": "many"}, "use a number"),
    ],
)
def test_parameters_are_checked_as_cloudformation_does(parameters: dict[str, Any], said: str) -> None:
    """Every unacceptable value is told at once."""
    with pytest.raises(UsageError, match=said):
        resolve(template(1), parameters)


def test_number_that_defies_its_type_stays_text() -> None:
    """A default that is no number is not checked by anybody before the upload; it stays as it is written."""
    source = template({"Ref": "Odd"}, Parameters={**PARAMETERS, "Odd": {"Type": "Number", "Default": "x"}})

    assert resolve(source)["Resources"]["Subject"]["Properties"]["Value"] == "x"


def test_unknown_region_is_refused() -> None:
    """The nearest region is named."""
    with pytest.raises(UsageError, match="did you mean eu-west-1"):
        resolve(template(1), region="eu-wst-1")


FLAGSHIP = build("secure-enterprise").to_dict()
ANSWERS = st.fixed_dictionaries(
    {
        "Project": st.sampled_from(["pay", "ab", "a" * 20]),
        "Environment": st.sampled_from(["dev", "staging", "prod"]),
        "Owner": st.sampled_from(["team", "a@b.c"]),
        "CostCenter": st.sampled_from(["CC-1", "x" * 32]),
        "AlarmEmail": st.sampled_from(["", "a@example.com"]),
        "LogRetentionDays": st.sampled_from(["365", "3653"]),
        "ReserveConcurrency": st.sampled_from(["true", "false"]),
    }
)


def left_to_aws(value: Any) -> Any:
    """What is left to AWS as the oracle writes it: text with ``<Title>`` and ``<Title.Attribute>``; numbers as text."""
    known = {"Resources": {}, "Conditions": {}, "Mappings": {}}
    return texts(oracle.resolve(known, value, {}))


def texts(value: Any) -> Any:
    """The value with its numbers as text: a parameter is always text to the oracle."""
    if isinstance(value, dict):
        return {key: texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [texts(item) for item in value]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


@given(ANSWERS, st.sampled_from(["us-east-1", "eu-west-1", "us-gov-west-1"]))
def test_resolver_agrees_with_the_oracle_on_the_flagship(answers: dict[str, str], region: str) -> None:
    """Two resolvers, written apart, make the same resources of the flagship, whatever the answers."""
    ours = resolve(FLAGSHIP, answers, region=region, account="123456789012", stack_name="first")
    partition = "aws-us-gov" if "gov" in region else "aws"
    stack_id = f"arn:{partition}:cloudformation:{region}:123456789012:stack/first/{STACK_UUID}"
    bindings = oracle.bound(FLAGSHIP, answers, Region=region, Partition=partition, StackId=stack_id)
    bindings["AlarmEmail"] = answers["AlarmEmail"]

    for title, resource in ours["Resources"].items():
        expected = oracle.resolve(FLAGSHIP, FLAGSHIP["Resources"][title].get("Properties", {}), bindings)
        assert left_to_aws(resource.get("Properties", {})) == texts(expected), title
    made = {title for title, resource in FLAGSHIP["Resources"].items() if is_made(resource, bindings)}
    assert set(ours["Resources"]) == made


def is_made(resource: dict[str, Any], bindings: dict[str, Any]) -> bool:
    """Whether the oracle makes the resource."""
    condition = resource.get("Condition")
    return condition is None or bool(oracle.resolve(FLAGSHIP, FLAGSHIP["Conditions"][condition], bindings))
