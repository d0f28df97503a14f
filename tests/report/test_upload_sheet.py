"""The upload sheet mentions all that there is, in tables that hold together."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.component_samples import asked, fixed
from troposphere import Parameter, Ref, Sub, s3, sns

from tap_templates.blueprints import build
from tap_templates.report.rendering import cell
from tap_templates.report.sheet import capabilities, readable, upload_sheet
from tap_templates.settings import Settings
from tap_templates.stack import Stack

FORMS = [asked(), fixed(), fixed(bucket="aws:kms", trail="aws:kms")]
every_form = pytest.mark.parametrize("settings", FORMS, ids=["asked", "fixed", "fixed with KMS"])


def sheet_of(settings: Settings) -> tuple[Any, Any, str]:
    """A blueprint's stack, its template, and its sheet."""
    stack = build("secure-enterprise", settings)
    return stack, stack.to_dict(), upload_sheet("secure-enterprise", stack)


def section(sheet: str, heading: str) -> str:
    """What stands below one heading."""
    return re.split(r"^## ", sheet.split(f"\n## {heading}\n")[1], flags=re.MULTILINE)[0]


def tables(sheet: str) -> list[list[list[str]]]:
    """The tables of a Markdown text as rows of cells; a bar behind a backslash is text."""
    found: list[list[list[str]]] = [[]]
    for line in sheet.splitlines():
        if line.startswith("|"):
            found[-1].append([each.strip() for each in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif found[-1]:
            found.append([])
    return [table for table in found if table]


@every_form
def test_every_parameter_is_explained(settings: Settings) -> None:
    """Each parameter has one row, with its label, answers, default and what it changes."""
    _, template, sheet = sheet_of(settings)
    rows = [row for table in tables(section(sheet, "What to fill in")) for row in table[2:]]

    assert sorted(row[1] for row in rows) == sorted(f"`{name}`" for name in template.get("Parameters", {}))
    assert all(all(row) for row in rows)
    assert ("Nothing: every setting is fixed" in sheet) == (not rows)


def test_questions_in_words() -> None:
    """Some rows, written out."""
    rows = {row[1]: row for table in tables(section(sheet_of(asked())[2], "What to fill in")) for row in table[2:]}

    assert rows["`AlarmEmail`"] == [
        "E-mail for alarms",
        "`AlarmEmail`",
        "an e-mail address, or nothing",
        "empty",
        "Receives every alarm after confirming the subscription; leave empty to subscribe later.",
        "AlarmTopicEmail; condition HasAlarmEmail",
    ]
    assert rows["`AccessKeyMaxAgeDays`"][2:4] == ["1 to 90", "90"]
    assert rows["`Environment`"][2:4] == ["dev, staging, prod", "must be given"]
    assert rows["`Project`"][5].startswith("names and policies of ")
    assert re.search(r"; a tag on \d+ resources$", rows["`Owner`"][5])
    assert rows["`LogRetentionDays`"][5] == "KeyRotationLog, TrailLog"


@every_form
def test_every_resource_and_type_is_listed(settings: Settings) -> None:
    """Each resource has a row, and each type its number."""
    _, template, sheet = sheet_of(settings)
    counts, resources, *_ = tables(section(sheet, "What will be created"))
    kinds = [resource["Type"] for resource in template["Resources"].values()]

    assert {row[0]: int(row[1]) for row in counts[2:]} == {f"`{kind}`": kinds.count(kind) for kind in kinds}
    assert [(row[0], row[1]) for row in resources[2:]] == [
        (f"`{title}`", f"`{resource['Type']}`") for title, resource in template["Resources"].items()
    ]
    assert {row[0]: row[3] for row in resources[2:] if row[3] != "always"} == {
        f"`{title}`": resource["Condition"]
        for title, resource in template["Resources"].items()
        if "Condition" in resource
    }


def test_names_are_told_as_they_will_be() -> None:
    """A name is told with what is known of it, and the rest in angle brackets."""
    rows = {row[0]: row[2] for row in tables(section(sheet_of(asked())[2], "What will be created"))[1][2:]}
    known = {row[0]: row[2] for row in tables(section(sheet_of(fixed())[2], "What will be created"))[1][2:]}

    assert rows["`DataBucket`"] == "`<project>-<environment>-data-bucket-<suffix>`"
    assert known["`DataBucket`"] == "`payments-prod-data-bucket-<suffix>`"
    assert rows["`DataBucketPolicy`"] == "by CloudFormation"


def test_conditions_say_what_they_decide() -> None:
    """Each condition is listed with the resources that depend on it, directly or inside a property."""
    conditions = tables(section(sheet_of(asked())[2], "What will be created"))[2][2:]

    assert conditions == [["`HasAlarmEmail`", "AlarmTopicEmail"], ["`ReservesConcurrency`", "KeyRotation"]]
    assert len(tables(section(sheet_of(fixed())[2], "What will be created"))) == 2


@every_form
def test_every_output_is_listed(settings: Settings) -> None:
    """Each output has a row with its description, sorted; how many resources they cover is told."""
    stack, template, sheet = sheet_of(settings)
    [rows] = tables(section(sheet, "Outputs"))
    coverage = stack.coverage()

    assert [row[0] for row in rows[2:]] == [f"`{key}`" for key in sorted(template["Outputs"])]
    assert [row[1] for row in rows[2:]] == [
        template["Outputs"][key]["Description"] for key in sorted(template["Outputs"])
    ]
    assert (
        f"{len(coverage.covered)} resources are named by an output; {len(coverage.exempt)} belong to another" in sheet
    )
    assert f"\n{len(template['Resources'])} resources, {len(template['Outputs'])} outputs; " in sheet


@every_form
def test_what_stays_is_listed(settings: Settings) -> None:
    """Every resource that stays when the stack is deleted is listed, and no other."""
    _, template, sheet = sheet_of(settings)
    retained = [t for t, resource in template["Resources"].items() if resource.get("DeletionPolicy") == "Retain"]

    assert re.findall(r"^- `(\w+)` ", section(sheet, "What stays when the stack is deleted"), re.MULTILINE) == retained
    assert len(retained) >= 6


@every_form
def test_wildcards_are_listed(settings: Settings) -> None:
    """Every statement that allows something on ``*`` is listed with its actions, the boundary's too."""
    [rows] = tables(section(sheet_of(settings)[2], "Wildcards"))
    tracing = "xray:PutTelemetryRecords, xray:PutTraceSegments"

    assert [row[:3] for row in rows[2:]] == [
        ["`RoleBoundary`", "`GrantedOnEverything`", tracing],
        ["`SelfService`", "`LookUp`", "iam:GetAccountPasswordPolicy, iam:ListVirtualMFADevices"],
        ["`KeyRotationRolePolicy`", "`Trace`", tracing],
    ]


@every_form
def test_capability_and_steps(settings: Settings) -> None:
    """The box to tick is named, and the file, and whether there is a form to fill in."""
    upload = section(sheet_of(settings)[2], "Upload")

    assert "`secure-enterprise.json`" in upload
    assert "(`CAPABILITY_NAMED_IAM`)" in upload
    assert ("fill in the form" in upload) == (settings.get("project") is None)


def test_requirements_are_listed() -> None:
    """What the template holds to is told, lists with commas."""
    [rows] = tables(section(sheet_of(fixed(bucket="aws:kms", trail="aws:kms"))[2], "What it holds to"))

    assert ["`bucket_encryption`", "aws:kms"] in rows
    assert ["`trail_encryption`", "aws:kms"] in rows
    assert ["`required_tags`", "Project, Environment, Owner, CostCenter, DataClassification, ManagedBy"] in rows


def test_sizes_of_every_environment_are_listed() -> None:
    """A form that asks for the environment shows what each answer means; a fixed one shows its own amounts."""
    [asked_for] = tables(section(sheet_of(asked())[2], "Sizes"))
    [known] = tables(section(sheet_of(fixed(sizes={"transition_days": 5}))[2], "Sizes"))

    assert asked_for[0] == ["amount", "dev", "staging", "prod", "what it is", "what it saves"]
    assert ["`noncurrent_version_days`", "30", "60", "365"] in [row[:4] for row in asked_for]
    assert known[0] == ["amount", "prod", "what it is", "what it saves"]
    assert ["`transition_days`", "5"] in [row[:2] for row in known]


def test_machines_are_told_with_reason_power_and_price() -> None:
    """What was chosen in each environment, why, what it is, and where its price is from."""
    asked_for = Stack()
    known = Stack(fixed(sizes={"small_instance": "m7i.large"}))
    for stack in (asked_for, known):
        stack.machine("small", "instance")
        stack.parameter(Parameter("Word", Type="String"), group="Words", label="Word")
        stack.add(sns.Topic("Topic", DisplayName=Ref("Word")))
    sheet = upload_sheet("sizes", asked_for)
    [rows], [own] = (tables(section(each, "Machines")) for each in (sheet, upload_sheet("sizes", known)))

    assert rows[0] == ["workload and kind", "dev", "staging", "prod", "why"]
    assert rows[2][:2] == [
        "`small_instance`",
        "t4g.micro: 2 vCPU, 1 GiB, up to 5 Gbps, arm64, 1 times the price of the smallest",
    ]
    assert rows[2][4].startswith("Something with few users")
    assert "Prices of each EC2 instance: Linux, on demand, us-east-1, 2026-01-19, from <https://" in sheet
    assert own[2] == [
        "`small_instance`",
        "m7i.large: its price is not in the table",
        "Chosen by the settings: sizes.small_instance.",
    ]


@every_form
def test_tables_are_well_formed(settings: Settings) -> None:
    """Every row of a table has as many cells as its heading, which has a rule below it."""
    found = tables(sheet_of(settings)[2])

    assert len(found) >= 5
    for heading, rule, *rows in found:
        assert rule == ["---"] * len(heading)
        assert {len(row) for row in rows} == {len(heading)}


def test_bars_and_line_breaks_do_not_break_tables() -> None:
    """A bar is escaped and a line break becomes a space, in parameters and outputs of the caller's own."""
    stack = Stack(fixed())
    mode = Parameter("Mode", Type="String", Description="this | that\nor both", AllowedValues=["a|b", "c"])
    stack.add(s3.Bucket("Box", BucketName=stack.parameter(mode, group="Own | group", label="Mode | way")))
    stack.output("Way", Ref(mode), "one | way")
    sheet = upload_sheet("own", stack)

    assert "| Mode \\| way | `Mode` | a\\|b, c | must be given | this \\| that or both | Box |" in sheet
    assert "| `Way` | one \\| way |" in sheet
    assert all(len({len(row) for row in table}) == 1 for table in tables(sheet))
    assert cell("a | b\n c") == "a \\| b c"


def test_parameters_without_a_place_in_the_form() -> None:
    """Parameters in raw troposphere are explained as well as they explain themselves."""
    stack = Stack(fixed())
    stack.template.add_parameter(Parameter("Least", Type="Number", MinValue=1))
    stack.template.add_parameter(Parameter("Some", Type="Number", MinValue=1, MaxValue=9, Default=3))
    stack.add(s3.Bucket("Box", BucketName=Sub("${Least}${Some}")))
    [rows] = tables(section(upload_sheet("own", stack), "What to fill in"))

    assert "### Other Parameters" in upload_sheet("own", stack)
    assert rows[2:] == [
        ["Least", "`Least`", "a Number", "must be given", "", "Box"],
        ["Some", "`Some`", "1 to 9", "3", "", "Box"],
    ]


def test_stack_without_anything_special() -> None:
    """Where nothing stays, nothing is asked and no capability is needed, the sheet says so."""
    stack = Stack(fixed())
    stack.add(sns.Topic("News"))
    sheet = upload_sheet("news", stack)

    assert "Nothing: every setting is fixed in the template." in sheet
    assert section(sheet, "What stays when the stack is deleted").strip() == "Nothing."
    assert section(sheet, "Wildcards").strip() == "No statement allows anything on `*`."
    assert "CAPABILITY" not in sheet


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        (["AWS::S3::Bucket"], []),
        (["AWS::IAM::Role", "AWS::IAM::Group"], ["CAPABILITY_NAMED_IAM"]),
    ],
)
def test_capabilities(kinds: list[str], expected: list[str]) -> None:
    """Resources of IAM need the capability for named ones, once."""
    assert capabilities({"Resources": {str(number): {"Type": kind} for number, kind in enumerate(kinds)}}) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ({"Fn::Sub": "${Project}-a"}, "<project>-a"),
        ({"Fn::Sub": ["${Project}-${Suffix}", {"Suffix": "x"}]}, "<project>-<suffix>"),
        ({"Ref": "Name"}, "by CloudFormation"),
        (None, "by CloudFormation"),
    ],
)
def test_readable_names(value: Any, expected: str) -> None:
    """A name is told as a person writes it; one that is not known is CloudFormation's."""
    assert readable(value) == expected
