"""One template while it is being built, and what it is when it is finished."""

from __future__ import annotations

import json
from typing import Any

import awacs.s3 as s3_actions
import pytest
from support.raw import RawResource
from support.resolve import bound, names, resolve
from troposphere import Equals, GetAtt, If, Output, Parameter, Ref, Sub, encode_to_dict, iam, s3, sqs

from tap_templates import Settings, Stack
from tap_templates.errors import NamingError, PolicyError, StackError, UsageError
from tap_templates.policies import Wildcard, allow
from tap_templates.stack import INTERFACE, references, to_json

REFERENCE_REMEDY = "refer to a resource or parameter of this template"


def refused(call: Any, *given: Any, **named: Any) -> StackError:
    """The error that a call raises."""
    with pytest.raises(StackError) as caught:
        call(*given, **named)
    return caught.value


@pytest.fixture
def stack(fixed: Settings) -> Stack:
    """A stack with one bucket."""
    made = Stack(fixed, description="One bucket.")
    made.add(s3.Bucket("Box", BucketName=made.name("Box", s3.Bucket)), says="bucket for boxes")
    return made


def test_whole_template(stack: Stack) -> None:
    """A stack of one bucket, as AWS will see it."""
    suffix = {
        "Fn::Select": [0, {"Fn::Split": ["-", {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}]}]
    }

    assert stack.to_dict() == {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "One bucket.",
        "Resources": {
            "Box": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "BucketName": {"Fn::Sub": ["pay-dev-box-${Suffix}", {"Suffix": suffix}]},
                    "Tags": [
                        {"Key": "Project", "Value": "pay"},
                        {"Key": "Environment", "Value": "dev"},
                        {"Key": "Owner", "Value": "team"},
                        {"Key": "CostCenter", "Value": "CC-1"},
                        {"Key": "DataClassification", "Value": "internal"},
                        {"Key": "ManagedBy", "Value": "tap_templates"},
                        {"Key": "Name", "Value": "pay-dev-box"},
                    ],
                },
            }
        },
        "Outputs": {
            "BoxArn": {"Description": "Arn of the bucket for boxes", "Value": {"Fn::GetAtt": ["Box", "Arn"]}},
            "BoxName": {"Description": "Name of the bucket for boxes", "Value": {"Ref": "Box"}},
        },
    }


def test_template_without_settings_or_description() -> None:
    """Nothing said means everything asked, and no Description."""
    empty = Stack()
    empty.add(sqs.Queue("Work"))

    assert "Description" not in empty.to_dict()
    assert set(empty.to_dict()["Parameters"]) == {"Project", "Environment", "Owner", "CostCenter", "DataClassification"}


def test_finishing_twice_gives_equal_results(stack: Stack) -> None:
    """A finished template does not change what the stack holds, steps and parameters included."""
    stack.parameter(Parameter("Size", Type="Number"), group="Sizes", label="Size")
    stack.last(lambda encoded: encoded["Resources"]["Box"].setdefault("Metadata", {}).update({"n": 1}))
    first = stack.to_dict()
    first["Resources"]["Box"]["Properties"].clear()

    assert stack.to_json() == stack.to_json()
    assert stack.to_dict()["Resources"]["Box"]["Metadata"] == {"n": 1}
    assert stack.to_dict()["Resources"]["Box"]["Properties"]["Tags"]


def test_json_forms(stack: Stack) -> None:
    """Both forms hold the same, end with a line break, and keep letters of other alphabets."""
    stack.template.set_description("Für alle")

    assert json.loads(stack.to_json()) == json.loads(stack.to_json(compact=True)) == stack.to_dict()
    assert stack.to_json().endswith("}\n")
    assert stack.to_json().startswith('{\n  "AWSTemplateFormatVersion": "2010-09-09",\n  "Description": "Für alle"')
    assert "\n" not in stack.to_json(compact=True).rstrip("\n")
    assert to_json({"a": [1]}, compact=True) == '{"a":[1]}\n'


def test_sections_and_keys_come_in_one_order(fixed: Settings) -> None:
    """Sections, and the parts of a resource, have an order that does not depend on how they were added."""
    stack = Stack(fixed, description="D")
    stack.condition("A", Equals("a", "a"))
    stack.mapping("M", {"a": {"b": "c"}})
    stack.parameter(Parameter("Size", Type="Number"), group="Sizes", label="Size")
    stack.add(RawResource("Box", "Custom::Box", {"Size": Ref("Size")}, DependsOn=["Other"], Condition="A"))
    stack.add(RawResource("Other", "Custom::Box"))
    finished = stack.to_dict()

    assert list(finished) == [
        "AWSTemplateFormatVersion",
        "Description",
        "Metadata",
        "Parameters",
        "Mappings",
        "Conditions",
        "Resources",
        "Outputs",
    ]
    assert list(finished["Resources"]["Box"]) == ["Type", "Condition", "DependsOn", "Properties"]


def test_second_resource_of_a_title_is_refused(stack: Stack) -> None:
    """A logical id is taken once."""
    error = refused(stack.add, sqs.Queue("Box"))

    assert (error.where, error.found) == ("Box", "a second resource with this logical id")
    assert error.remedy == "give it another title"


def test_resource_of_an_unknown_type(fixed: Settings) -> None:
    """A custom resource has no tags, and an output for what Ref says of it."""
    stack = Stack(fixed)
    stack.add(RawResource("Thing", "Custom::Thing", {"ServiceToken": "arn"}))
    finished = stack.to_dict()

    assert finished["Resources"]["Thing"] == {"Type": "Custom::Thing", "Properties": {"ServiceToken": "arn"}}
    assert finished["Outputs"] == {
        "ThingRef": {"Description": "Ref of the Custom::Thing Thing", "Value": {"Ref": "Thing"}}
    }


def test_name_has_the_role_of_the_title(stack: Stack) -> None:
    """The title says the role, the class says the limits."""
    finished = stack.to_dict()
    [(title, kind, name)] = names(finished, {"AWS::S3::Bucket": "BucketName"}, bound(finished))

    assert (title, kind, name) == ("Box", "AWS::S3::Bucket", "pay-dev-box-0a1b2c3d")
    with pytest.raises(NamingError):
        stack.name("Box", s3.BucketPolicy)


def test_amount_of_a_fixed_environment_is_plain(stack: Stack) -> None:
    """With an environment, its profile's amount stands in the template."""
    assert stack.per_environment("transition_days") == 30
    assert stack.template.mappings == {}


def test_amount_of_an_asked_environment_is_in_a_mapping() -> None:
    """Without one, the amounts of all profiles do, and the form's answer chooses."""
    stack = Stack()
    stack.add(RawResource("Box", "Custom::Box", {"Days": stack.per_environment("transition_days")}))
    stack.add(RawResource("Bin", "Custom::Box", {"Days": stack.per_environment("noncurrent_version_days")}))
    finished = stack.to_dict()

    assert finished["Mappings"]["Environments"] == {
        "dev": {"TransitionDays": 30, "NoncurrentVersionDays": 30},
        "staging": {"TransitionDays": 60, "NoncurrentVersionDays": 60},
        "prod": {"TransitionDays": 90, "NoncurrentVersionDays": 365},
    }
    days = finished["Resources"]["Bin"]["Properties"]["Days"]
    assert resolve(finished, days, bound(finished, {"Environment": "prod"})) == 365


def test_size_of_the_settings_goes_before_the_profile() -> None:
    """What the team says is plain in every environment; nothing is left to choose."""
    stack = Stack(Settings(sizes={"transition_days": 5}))

    assert stack.per_environment("transition_days") == 5
    assert stack.template.mappings == {}


def test_size_is_never_below_what_is_required() -> None:
    """Where backups must stay 20 days, no profile keeps them for less."""
    demands = {"backup_retention_days": 20}

    assert Settings(requirements=demands).size("recovery_days") == {"dev": 20, "staging": 20, "prod": 35}
    assert Settings(environment="dev", requirements=demands).size("recovery_days") == {"dev": 20}


@pytest.mark.parametrize(("environment", "value", "expected"), [("dev", 1, True), ("dev", 2, False), ("prod", 2, True)])
def test_reaching_an_amount_is_known_when_the_environment_is(environment: str, value: int, expected: bool) -> None:
    """A fixed environment leaves no condition."""
    stack = Stack(Settings(environment=environment))

    assert stack.at_least("nat_gateways", value) is expected
    assert stack.template.conditions == {}


@pytest.mark.parametrize(
    ("amount", "value", "where"), [("nat_gateways", 2, {"prod"}), ("archive_days", 30, {"staging", "prod"})]
)
def test_reaching_an_amount_is_a_condition_on_the_form(amount: str, value: int, where: set[str]) -> None:
    """One that is asked for is a condition, which holds in the profiles whose amount reaches the value."""
    stack = Stack()
    name = stack.at_least(amount, value)
    stack.add(RawResource("Box", "Custom::Box", {"Big": {"Fn::If": [name, "yes", "no"]}}))
    finished = stack.to_dict()
    said = {
        environment: resolve(
            finished, finished["Resources"]["Box"]["Properties"]["Big"], bound(finished, {"Environment": environment})
        )
        for environment in ("dev", "staging", "prod")
    }

    assert {environment for environment, word in said.items() if word == "yes"} == where


def test_amount_that_all_reach_is_no_condition() -> None:
    """What is so in every environment is not asked."""
    assert Stack().at_least("nat_gateways", 1) is True
    assert Stack().at_least("nat_gateways", 4) is False


def test_unknown_amount_gets_a_suggestion() -> None:
    """A typing error names its neighbour."""
    with pytest.raises(UsageError, match=r"nat_gateway.*did you mean nat_gateways"):
        Stack().per_environment("nat_gateway")


def test_own_parameters_join_the_form() -> None:
    """Parameters of the caller's own stand in their groups, after the settings' ones; one group has one label."""
    stack = Stack(Settings(environment="dev", cost_center="x", data_classification="public"))
    stack.parameter(Parameter("Size", Type="Number", Default=1), group="Sizes", label="How large")
    nickname = stack.parameter(Parameter("Nickname", Type="String"), group="What this is", label="Nickname")
    stack.add(RawResource("Box", "AWS::S3::Bucket", {"BucketName": nickname}))
    finished = stack.to_dict()

    assert list(finished["Parameters"]) == ["Size", "Nickname", "Project", "Owner"]
    assert finished["Metadata"][INTERFACE] == {
        "ParameterGroups": [
            {"Label": {"default": "What this is"}, "Parameters": ["Project", "Owner", "Nickname"]},
            {"Label": {"default": "Sizes"}, "Parameters": ["Size"]},
        ],
        "ParameterLabels": {
            "Size": {"default": "How large"},
            "Nickname": {"default": "Nickname"},
            "Project": {"default": "Project"},
            "Owner": {"default": "Owner"},
        },
    }


def test_form_written_by_hand_is_kept(stack: Stack) -> None:
    """A form without labels, and other metadata, stay beside what is added."""
    stack.template.add_parameter(Parameter("Size", Type="Number"))
    stack.template.set_metadata({INTERFACE: {"ParameterGroups": []}, "Author": "me"})

    assert stack.to_dict()["Metadata"] == {
        INTERFACE: {"ParameterGroups": [], "ParameterLabels": {}},
        "Author": "me",
    }


def test_metadata_without_parameters_has_no_form(stack: Stack) -> None:
    """Where nothing is asked there is no form, and other metadata stay."""
    stack.template.set_metadata({"Author": "me"})

    assert stack.to_dict()["Metadata"] == {"Author": "me"}


@pytest.mark.parametrize("title", ["Size", "Project"])
def test_parameter_with_a_taken_name_is_refused(stack: Stack, title: str) -> None:
    """A parameter's name is that of no other and of no setting."""
    stack.parameter(Parameter("Size", Type="Number"), group="Sizes", label="Size")
    error = refused(stack.parameter, Parameter(title, Type="String"), group="G", label="L")

    assert (error.where, error.found) == (title, "a second parameter with this name")
    assert error.remedy == "give it another title"


def test_parameter_and_resource_of_one_name_are_refused(stack: Stack) -> None:
    """A parameter and a resource cannot share a name."""
    stack.parameter(Parameter("Box", Type="String"), group="G", label="L")
    error = refused(stack.to_dict)

    assert (error.where, error.found) == ("Box", "a resource and a parameter of this name")
    assert error.remedy == "give one another title"


def test_resource_with_the_name_of_an_asked_setting_is_refused() -> None:
    """A resource called Owner would be what the tag Owner refers to."""
    stack = Stack()
    stack.add(s3.Bucket("Owner"))

    assert refused(stack.to_dict).where == "Owner"


def test_condition_may_be_added_again(stack: Stack) -> None:
    """Two components may need one condition."""
    assert stack.condition("A", Equals(Ref("AWS::Region"), "x")) == "A"
    assert stack.condition("A", Equals(Ref("AWS::Region"), "x")) == "A"


def test_other_condition_of_a_name_is_refused(stack: Stack) -> None:
    """One name stands for one condition."""
    stack.condition("A", Equals("a", "b"))
    error = refused(stack.condition, "A", Equals("a", "c"))

    assert (error.where, error.found) == ("A", "another condition with this name")
    assert error.remedy == "give it another name"


@pytest.mark.parametrize("name", ["M", "Environments"])
def test_mapping_with_a_taken_name_is_refused(stack: Stack, name: str) -> None:
    """A mapping's name is that of no other, nor that of the profiles' mapping."""
    assert stack.mapping("M", {"a": {"b": "c"}}) == "M"
    error = refused(stack.mapping, name, {"a": {"b": "c"}})

    assert (error.where, error.found) == (name, "a second mapping with this name")
    assert error.remedy == "give it another name"


def test_output_by_hand(stack: Stack) -> None:
    """An output may have a condition, and be exported under a name of the convention."""
    stack.condition("A", Equals("a", "a"))
    stack.output("BoxLink", Ref("Box"), "Where it is", condition="A", export=True)
    finished = stack.to_dict()
    output = finished["Outputs"]["BoxLink"]

    assert (output["Condition"], output["Description"], output["Value"]) == ("A", "Where it is", {"Ref": "Box"})
    assert resolve(finished, output["Export"]["Name"], bound(finished)) == "pay-dev-box-link-0a1b2c3d"
    assert list(finished["Outputs"]) == ["BoxLink"]


def test_second_output_of_a_key_is_refused(stack: Stack) -> None:
    """An output's key is taken once."""
    stack.output("Link", "a", "A link")
    error = refused(stack.output, "Link", "b", "A link")

    assert (error.where, error.found) == ("Link", "a second output with this key")
    assert error.remedy == "give it another key"


def test_step_at_the_end_sees_every_resource(stack: Stack) -> None:
    """Steps amend the encoded template before it is tagged and completed."""
    seen: list[str] = []
    stack.last(lambda encoded: seen.extend(encoded["Resources"]))
    stack.add(sqs.Queue("Work"))
    stack.to_dict()

    assert seen == ["Box", "Work"]


def test_managed_policy_is_attached_where_it_is_said(stack: Stack) -> None:
    """Statements become a named policy under the stack's path, attached to roles and groups."""
    group, role = stack.add(iam.Group("Staff")), stack.add(iam.Role("Robot", AssumeRolePolicyDocument={}))
    reading = allow(s3_actions.GetObject, on="arn:aws:s3:::x/*", sid="Read")
    [policy] = stack.managed_policy("Readers", [reading], description="Reads all", roles=[role], groups=[group])
    finished = stack.to_dict()
    properties = resolve(finished, finished["Resources"][policy.title]["Properties"], bound(finished))

    assert properties == {
        "ManagedPolicyName": "pay-dev-readers-0a1b2c3d",
        "Path": "/pay/dev/0a1b2c3d/",
        "Description": "Reads all",
        "Roles": ["<Robot>"],
        "Groups": ["<Staff>"],
        "PolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::x/*"]}
            ],
        },
    }
    assert finished["Outputs"]["ReadersArn"]["Description"] == "Arn of the policy: reads all"


def test_long_managed_policy_becomes_several(stack: Stack) -> None:
    """Statements over 6,144 characters go on in a second policy, attached to the same."""
    group = stack.add(iam.Group("Staff"))
    many = [allow(s3_actions.GetObject, on=f"arn:aws:s3:::{'b' * 1500}{n}/*", sid=f"S{n}") for n in range(6)]
    added = stack.managed_policy("Readers", many, description="Reads", groups=[group])
    resources = stack.to_dict()["Resources"]
    documents = [resources[each.title]["Properties"]["PolicyDocument"]["Statement"] for each in added]

    assert [each.title for each in added] == ["Readers", "Readers2"]
    assert [statement["Sid"] for part in documents for statement in part] == ["S0", "S1", "S2", "S3", "S4", "S5"]
    assert all("Roles" not in resources[each.title]["Properties"] for each in added)


def statement(action: str) -> dict[str, Any]:
    """An encoded document that allows one action on everything."""
    return {"Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}


@pytest.mark.parametrize("kind", ["ManagedPolicy", "Policy", "RolePolicy", "UserPolicy", "GroupPolicy"])
def test_ledger_reads_policies_of_every_type(stack: Stack, kind: str) -> None:
    """Whatever type a policy has, a wildcard in it is entered or refused."""
    stack.add(RawResource("Look", f"AWS::IAM::{kind}", {"PolicyDocument": statement("ec2:DescribeRegions")}))
    entry = Wildcard("Look", "", ("ec2:DescribeRegions",), "AWS defines no resource for ec2:DescribeRegions")

    assert stack.wildcards() == [entry]
    stack.add(RawResource("Take", f"AWS::IAM::{kind}", {"PolicyDocument": statement("s3:GetObject")}))
    with pytest.raises(PolicyError) as caught:
        stack.to_dict()
    assert (caught.value.where, caught.value.found) == ("Take", "s3:GetObject on *")


@pytest.mark.parametrize("kind", ["Role", "User", "Group"])
def test_ledger_reads_policies_inside_identities(stack: Stack, kind: str) -> None:
    """Inline policies of roles, users and groups are judged too."""
    policies = [{"PolicyName": "p", "PolicyDocument": statement("s3:GetObject")}]
    stack.add(RawResource("Robot", f"AWS::IAM::{kind}", {"Policies": policies}))
    with pytest.raises(PolicyError) as caught:
        stack.wildcards()

    assert caught.value.where == "Robot"


def test_ledger_leaves_out_a_resources_own_policy(stack: Stack) -> None:
    """In a key's own policy ``*`` is the key."""
    stack.add(RawResource("Key", "AWS::KMS::Key", {"KeyPolicy": statement("kms:Decrypt")}))

    assert stack.wildcards() == []


@pytest.mark.parametrize(
    ("value", "place", "found", "remedy"),
    [
        (Ref("Bo"), "Resources.Work.Properties.Value", "Bo", f"{REFERENCE_REMEDY} (did you mean Box?)"),
        (GetAtt("Bex", "Arn"), "Resources.Work.Properties.Value", "Bex", f"{REFERENCE_REMEDY} (did you mean Box?)"),
        (
            {"a": [{"Fn::GetAtt": "Bex.Arn"}]},
            "Resources.Work.Properties.Value.a.0",
            "Bex",
            f"{REFERENCE_REMEDY} (did you mean Box?)",
        ),
        (Sub("${Zzz.Arn}/*"), "Resources.Work.Properties.Value", "Zzz", REFERENCE_REMEDY),
        (Sub("${A}", A=Ref("Zzz")), "Resources.Work.Properties.Value.A", "Zzz", REFERENCE_REMEDY),
        (If("A", Ref("Zzz"), "b"), "Resources.Work.Properties.Value.Fn::If.1", "Zzz", REFERENCE_REMEDY),
    ],
)
def test_reference_to_what_is_not_there_is_refused(
    stack: Stack, value: Any, place: str, found: str, remedy: str
) -> None:
    """Ref, GetAtt and Sub name a resource or parameter of the template; a near miss is suggested."""
    stack.condition("A", Equals("a", "a"))
    stack.add(RawResource("Work", "Custom::Work", {"Value": value}))
    error = refused(stack.to_dict)

    assert (error.where, error.found, error.remedy) == (place, found, remedy)


def test_reference_of_an_output_is_checked(stack: Stack) -> None:
    """An output that refers to nothing is refused where it stands."""
    stack.output("Link", Ref("Bxo"), "A link")

    assert refused(stack.to_dict).where == "Outputs.Link.Value"


@pytest.mark.parametrize(
    ("attributes", "place", "found", "remedy"),
    [
        (
            {"DependsOn": "Bax"},
            "Resources.Work.DependsOn",
            "Bax",
            "name a resource of this template (did you mean Box?)",
        ),
        ({"DependsOn": ["Box", "Zzz"]}, "Resources.Work.DependsOn", "Zzz", "name a resource of this template"),
        (
            {"Condition": "Alwys"},
            "Resources.Work.Condition",
            "Alwys",
            "name a condition of this template (did you mean Always?)",
        ),
    ],
)
def test_attribute_that_names_nothing_is_refused(
    stack: Stack, attributes: dict[str, Any], place: str, found: str, remedy: str
) -> None:
    """DependsOn names resources and Condition a condition of the template."""
    stack.condition("Always", Equals("a", "a"))
    stack.add(RawResource("Work", "Custom::Work", {}, **attributes))
    error = refused(stack.to_dict)

    assert (error.where, error.found, error.remedy) == (place, found, remedy)


def test_pseudo_parameters_and_literals_are_no_references_to_the_template(stack: Stack) -> None:
    """AWS's own names and ${!…} need not be in the template."""
    stack.output("Link", Sub("${AWS::Region}/${!aws:username}"), "A link")

    assert stack.to_dict()["Outputs"]["Link"]


def test_references_of_an_encoded_value() -> None:
    """Every name that is referred to comes with its place."""
    encoded = {
        "A": [{"Ref": "One"}, {"Fn::Sub": ["${Two.Arn}${V}", {"V": {"Fn::GetAtt": ["Three", "Arn"]}}]}],
        "Ref": "x",
        "b": 1,
    }

    assert list(references(encoded)) == [("One", "A.0"), ("Two", "A.1"), ("Three", "A.1.V")]


def test_output_of_raw_troposphere_is_kept(stack: Stack) -> None:
    """Outputs added to the template by hand stand beside the others, in the order of their keys."""
    stack.template.add_output(Output("Zip", Value="1", Description="A zip"))

    assert list(stack.to_dict()["Outputs"]) == ["BoxArn", "BoxName", "Zip"]


def test_machine_of_a_workload() -> None:
    """Plain where the environment is fixed, else from the Mapping of the environments; the stack remembers it."""
    asked, known = Stack(), Stack(Settings(environment="staging"))

    assert known.machine("standard", "instance") == "m7g.medium"
    assert encode_to_dict(asked.machine("standard", "instance")) == {
        "Fn::FindInMap": ["Environments", {"Ref": "Environment"}, "StandardInstance"]
    }
    assert asked.template.mappings["Environments"] == {
        "dev": {"StandardInstance": "t4g.small"},
        "staging": {"StandardInstance": "m7g.medium"},
        "prod": {"StandardInstance": "m7g.large"},
    }
    assert known.machines == {"standard_instance": {"staging": "m7g.medium"}}
