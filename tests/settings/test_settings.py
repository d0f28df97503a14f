"""Settings of a Python call, and the Parameter that each becomes when it is left out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.raw import RawResource

from tap_templates import Group, Requirements, Settings, Stack, User
from tap_templates.errors import SettingsError, UsageError
from tap_templates.settings import RETENTION_DAYS, SETTING, SETTINGS, Setting
from tap_templates.stack import INTERFACE

VALUES: dict[str, Any] = {
    "project": "pay",
    "environment": "dev",
    "owner": "team",
    "cost_center": "CC-1",
    "data_classification": "internal",
    "alarm_email": "ops@example.com",
    "access_keys.max_age_days": 60,
    "access_keys.grace_days": 3,
    "access_keys.delete_after_days": 4,
    "access_keys.unused_days": 30,
    "log_retention_days": 365,
    "reserve_concurrency": False,
}
PARAMETERS: dict[str, dict[str, Any]] = {
    "Project": {"Type": "String", "AllowedPattern": "^[a-z][a-z0-9]*$", "MinLength": 2, "MaxLength": 20},
    "Environment": {"Type": "String", "AllowedValues": ["dev", "staging", "prod"]},
    "Owner": {"Type": "String", "AllowedPattern": "^[A-Za-z0-9 _.:/=+@-]*$", "MinLength": 1, "MaxLength": 64},
    "CostCenter": {"Type": "String", "AllowedPattern": "^[A-Za-z0-9 _.:/=+@-]*$", "MinLength": 1, "MaxLength": 32},
    "DataClassification": {
        "Type": "String",
        "Default": "confidential",
        "AllowedValues": ["public", "internal", "confidential", "restricted"],
    },
    "AlarmEmail": {
        "Type": "String",
        "Default": "",
        "AllowedPattern": r"^([^\s@]+@[^\s@]+\.[^\s@]+)?$",
        "MinLength": 0,
        "MaxLength": 128,
    },
    "AccessKeyMaxAgeDays": {"Type": "Number", "Default": 90, "MinValue": 1, "MaxValue": 90},
    "AccessKeyGraceDays": {"Type": "Number", "Default": 7, "MinValue": 1, "MaxValue": 30},
    "AccessKeyDeleteAfterDays": {"Type": "Number", "Default": 7, "MinValue": 1, "MaxValue": 90},
    "AccessKeyUnusedDays": {"Type": "Number", "Default": 45, "MinValue": 1, "MaxValue": 45},
    "LogRetentionDays": {
        "Type": "Number",
        "Default": 365,
        "AllowedValues": [365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
    },
    "ReserveConcurrency": {"Type": "String", "Default": "true", "AllowedValues": ["true", "false"]},
}


def given(key: str) -> dict[str, Any]:
    """The argument that gives one setting its value, and what it cannot do without."""
    section, _, name = key.rpartition(".")
    return {section: {name: VALUES[key]}} if section else {key: VALUES[key]}


def template_using(key: str, settings: Settings) -> dict[str, Any]:
    """A template in which one resource refers to one setting, and no tag does."""
    stack = Stack(settings)
    stack.add(RawResource("Box", "Custom::Box", {"Value": stack.setting(key)}))
    stack.exempt("Box", "only its property matters")
    return stack.to_dict()


def refused(**arguments: Any) -> SettingsError:
    """The error that arguments raise."""
    with pytest.raises(SettingsError) as caught:
        Settings(**arguments)
    return caught.value


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_setting_left_out_becomes_a_parameter(setting: Setting) -> None:
    """Asked for, a setting has a parameter with type, constraints, default, description, label and group."""
    template = template_using(setting.key, Settings())
    parameter = template["Parameters"][setting.parameter]
    hint = {"ConstraintDescription": setting.hint} if "AllowedPattern" in parameter else {}

    assert list(template["Parameters"]) == [setting.parameter]
    assert parameter == {**PARAMETERS[setting.parameter], **hint, "Description": setting.description}
    assert template["Resources"]["Box"]["Properties"]["Value"] == {"Ref": setting.parameter}
    assert template["Metadata"][INTERFACE] == {
        "ParameterGroups": [{"Label": {"default": setting.group}, "Parameters": [setting.parameter]}],
        "ParameterLabels": {setting.parameter: {"default": setting.label}},
    }


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_setting_with_a_value_has_no_parameter(setting: Setting) -> None:
    """Fixed, a setting stands in the template as a plain value, and nothing is asked."""
    template = template_using(setting.key, Settings(**given(setting.key)))

    assert template["Resources"]["Box"]["Properties"]["Value"] == VALUES[setting.key]
    assert "Parameters" not in template
    assert "Metadata" not in template


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_default_of_a_parameter_passes_its_own_constraints(setting: Setting) -> None:
    """What is not answered is a valid answer, under the strictest requirements too."""
    strict = Requirements(access_key_max_age_days=1, access_key_unused_days=1, log_retention_days=3000)
    for settings in (Settings(), Settings(requirements=strict)):
        parameter = template_using(setting.key, settings)["Parameters"][setting.parameter]
        default = parameter.get("Default")
        if default is None:
            continue
        assert default in parameter.get("AllowedValues", [default])
        assert parameter.get("MinValue", 0) <= (default if parameter["Type"] == "Number" else 0) <= 3653
        assert parameter.get("MaxValue", 3653) >= (default if parameter["Type"] == "Number" else 0)
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), str(default))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_setting_is_described(setting: Setting) -> None:
    """A description is a sentence; what has a pattern says it in words too; CloudFormation's limits hold."""
    assert setting.description.endswith(".")
    assert setting.label
    assert setting.hint or not setting.pattern
    assert re.fullmatch("[A-Za-z0-9]{1,255}", setting.parameter)
    assert len(setting.description) < 4000


@pytest.mark.parametrize(
    ("key", "longest"),
    [
        ("project", 20),
        ("environment", 7),
        ("data_classification", 12),
        ("access_keys.max_age_days", 3),
        ("log_retention_days", 4),
        ("reserve_concurrency", 5),
    ],
)
def test_longest_answer(key: str, longest: int) -> None:
    """The longest answer is that of the form, which offers fewer environments than a file may name."""
    assert SETTING[key].longest == longest


def test_parameter_without_limits_has_no_longest() -> None:
    """A setting without a maximum counts nothing."""
    assert Setting("a", "A", "G", "L", "D.").longest == 0


def test_requirements_narrow_the_form() -> None:
    """Days for keys go up to what is required; retention begins there, and so do the defaults."""
    demands = Requirements(access_key_max_age_days=30, access_key_unused_days=20, log_retention_days=400)
    age, unused, kept, other = (
        SETTING[key].bounded_by(demands)
        for key in ("access_keys.max_age_days", "access_keys.unused_days", "log_retention_days", "owner")
    )

    assert (age.minimum, age.maximum, age.default) == (1, 30, 30)
    assert (unused.minimum, unused.maximum, unused.default) == (1, 20, 20)
    assert (kept.allowed[0], kept.default) == (400, 400)
    assert other == SETTING["owner"]


def test_allowed_tag_values_narrow_the_form() -> None:
    """A setting that becomes a tag takes the words that the tag may have; offers and defaults stay within them."""
    words = {"Owner": ["a", "b"], "Environment": ["prod", "qa"], "DataClassification": ["public", "secret"]}
    demands = Requirements(allowed_tag_values=words)
    owner, environment, classification, other = (
        SETTING[key].bounded_by(demands) for key in ("owner", "environment", "data_classification", "cost_center")
    )

    assert owner.allowed == ("a", "b")
    assert (environment.allowed, environment.offered) == (("prod", "qa"), ("prod",))
    assert (classification.allowed, classification.default) == (("public",), None)
    assert other == SETTING["cost_center"]


def test_words_that_the_form_cannot_offer_leave_it_as_it_is() -> None:
    """Environments come with profiles; the check then says what is not allowed."""
    demands = Requirements(allowed_tag_values={"Environment": ["qa"]})

    assert SETTING["environment"].bounded_by(demands).offered == ("dev", "staging", "prod")


def test_retention_days_are_in_order() -> None:
    """The shortest allowed retention comes first."""
    assert list(RETENTION_DAYS) == sorted(set(RETENTION_DAYS))


def test_no_settings_at_all() -> None:
    """Without arguments everything is asked, and groups are the default ones."""
    settings = Settings()

    assert settings.values == {}
    assert settings.groups == (Group("developers", "write"), Group("operators", "read"))
    assert (settings.users, settings.tags, settings.profile) == ((), {}, None)


def test_settings_of_all_kinds() -> None:
    """Values are found by their dotted keys; groups and users are typed."""
    settings = Settings(
        project="pay",
        access_keys={"grace_days": 3},
        groups=[{"name": "readers", "data": "read"}, Group("others")],
        users=[User("bob", ("readers",)), {"name": "eve", "groups": ["others"], "email": "eve@example.com"}],
        tags={"Team": "red"},
        requirements={"tls_floor": "1.3"},
    )

    assert settings.values == {"project": "pay", "access_keys.grace_days": 3}
    assert settings.groups == (Group("readers", "read"), Group("others", "none"))
    assert settings.users == (User("bob", ("readers",)), User("eve", ("others",), "eve@example.com"))
    assert (settings.tags, settings.requirements.tls_floor) == ({"Team": "red"}, "1.3")
    assert (settings.get("project"), settings.get("owner")) == ("pay", None)


@pytest.mark.parametrize(
    ("arguments", "profile"),
    [
        ({"environment": "prod"}, "prod"),
        ({"environment": "qa", "profile": "staging"}, "staging"),
        ({"profile": "prod"}, "prod"),
    ],
)
def test_profile_is_said_or_that_of_the_environment(arguments: dict[str, Any], profile: str) -> None:
    """An environment of another name says which profile it resembles."""
    assert Settings(**arguments).profile == profile


def test_unknown_setting_is_answered_with_the_known_ones() -> None:
    """A key that is no setting is an error of the caller's."""
    with pytest.raises(UsageError) as caught:
        Settings().get("projct")

    assert (caught.value.where, caught.value.found) == ("settings", "projct")
    assert caught.value.remedy == f"use one of {', '.join(SETTING)}"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (
            {"project": "Pay-Ments"},
            "Settings.project: found 'Pay-Ments'; use 2 to 20 lower-case letters and digits, beginning with a letter; "
            "hyphens separate the parts of a name",
        ),
        (
            {"project": "p" * 21},
            f"Settings.project: found '{'p' * 21}'; use 2 to 20 lower-case letters and digits, beginning with a "
            "letter; hyphens separate the parts of a name",
        ),
        ({"project": 7}, "Settings.project: found 7; use text; put it in quotes"),
        (
            {"environment": "qa"},
            "Settings.environment: found 'qa'; use one of dev, staging, prod, or say with profile: which of them it "
            "resembles",
        ),
        ({"profile": "prd"}, "Settings.profile: found 'prd'; use dev, staging or prod (did you mean prod?)"),
        (
            {"data_classification": "confidental"},
            "Settings.data_classification: found 'confidental'; use public, internal, confidential or restricted "
            "(did you mean confidential?)",
        ),
        (
            {"access_keys": {"grace_days": 31}},
            "Settings.access_keys.grace_days: found 31; use a whole number from 1 to 30",
        ),
        (
            {"access_keys": {"grace_day": 3}},
            "Settings.access_keys.grace_day: found an unknown key 'grace_day'; use one of max_age_days, grace_days, "
            "delete_after_days, unused_days (did you mean grace_days?)",
        ),
        ({"access_keys": 3}, "Settings.access_keys: found 3; use a mapping of keys to values"),
        ({"reserve_concurrency": "yes"}, "Settings.reserve_concurrency: found 'yes'; use true or false"),
        ({"alarm_email": "nobody"}, "Settings.alarm_email: found 'nobody'; use an e-mail address, or nothing"),
        (
            {"log_retention_days": 30},
            "Settings.log_retention_days: found 30; the requirements ask for one of 365, 400, 545, 731, 1096, 1827, "
            "2192, 2557, 2922, 3288, 3653",
        ),
        (
            {"owner": "c", "requirements": {"allowed_tag_values": {"Owner": ["a", "b"]}}},
            "Settings.owner: found 'c'; the requirements ask for one of a, b",
        ),
        (
            {"tags": {"Team": "c"}, "requirements": {"allowed_tag_values": {"Team": ["a", "b"]}}},
            "Settings.tags.Team: found 'c'; the requirements ask for one of a, b",
        ),
        ({"log_retention_days": True}, "Settings.log_retention_days: found True; use a whole number"),
        (
            {"access_keys": {"max_age_days": 91}},
            "Settings.access_keys.max_age_days: found 91; the requirements ask for at most 90",
        ),
        (
            {"access_keys": {"grace_days": 16**5000}},
            "Settings.access_keys.grace_days: found a number with thousands of digits; use a whole number from 1 to 30",
        ),
        (
            {"log_retention_days": 2},
            "Settings.log_retention_days: found 2; use 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, "
            "1096, 1827, 2192, 2557, 2922, 3288 or 3653",
        ),
        ({"groups": {"name": "x"}}, "Settings.groups: found {'name': 'x'}; use a list"),
        ({"groups": ["x"]}, "Settings.groups.0: found 'x'; use a mapping of keys to values"),
        (
            {"groups": [{"name": "Read Only"}]},
            "Settings.groups.0.name: found 'Read Only'; use text that matches ^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        ),
        (
            {"groups": [{"name": "g" * 17}]},
            f"Settings.groups.0.name: found '{'g' * 17}'; use at most 16 characters",
        ),
        (
            {"groups": [{"name": "x", "data": "reed"}]},
            "Settings.groups.0.data: found 'reed'; use none, read or write (did you mean read?)",
        ),
        ({"groups": [{"data": "read"}]}, "Settings.groups.0.name: found nothing; say it"),
        (
            {"groups": [Group("a"), Group("a")]},
            "Settings.groups.1.name: found 'a' twice; use names that differ in more than hyphens",
        ),
        (
            {"groups": [Group("a1"), Group("a-1")]},
            "Settings.groups.1.name: found 'a-1' beside 'a1'; use names that differ in more than hyphens",
        ),
        (
            {"groups": [Group("team-r2")]},
            "Settings.groups.0.name: found 'team-r2'; use a name without an ending such as -r2",
        ),
        (
            {"users": [User("bob", ("developer",))]},
            "Settings.users.0.groups.0: found 'developer'; use one of developers, operators (did you mean developers?)",
        ),
        ({"users": [User("bob", ())]}, "Settings.users.0.groups: found []; use a list with at least one entry"),
        (
            {"users": [User("bob", ("operators",), "bob")]},
            r"Settings.users.0.email: found 'bob'; use text that matches ^[^\s@]+@[^\s@]+\.[^\s@]+$",
        ),
        (
            {"tags": {"Owner": "x"}},
            "Settings.tags.Owner: found 'Owner'; this tag is made from the settings: leave it out",
        ),
        ({"tags": {"Name": "x"}}, "Settings.tags.Name: found 'Name'; this tag is made from the settings: leave it out"),
        ({"tags": {"aws:x": "x"}}, "Settings.tags.aws:x: found 'aws:x'; use a key that does not begin with aws:"),
        ({"tags": {"": "x"}}, "Settings.tags.: found ''; use at least 1 character(s)"),
        ({"tags": {"a": "x" * 257}}, f"Settings.tags.a: found '{'x' * 76}...; use at most 256 characters"),
        ({"tags": {1: "x"}}, "Settings.tags.1: found 1; use text; put it in quotes"),
        ({"tags": ["x"]}, "Settings.tags: found ['x']; use a mapping of keys to values"),
        (
            {"requirements": {"required_tags": ["Team", "Project"]}},
            "Settings.tags: found no Team; requirements.required_tags asks for it",
        ),
        ({"requirements": {"tls_floor": 1.2}}, "Settings.requirements.tls_floor: found 1.2; use 1.2 or 1.3, in quotes"),
        (
            {"requirements": {"trail_encryption": "aws:kms"}},
            "Settings.requirements.trail_encryption: found 'aws:kms'; bucket_encryption AES256 holds for the trail's "
            "bucket too; say bucket_encryption: any (or aws:kms), or trail_encryption: AES256",
        ),
        (
            {"requirements": {"access_key_unused_days": "45"}},
            "Settings.requirements.access_key_unused_days: found '45'; use a whole number",
        ),
        (
            {"requirements": {"access_key_unused_days": 0}},
            "Settings.requirements.access_key_unused_days: found 0; use a whole number of at least 1",
        ),
        (
            {"requirements": {"access_key_unused_days": 91}},
            "Settings.requirements.access_key_unused_days: found 91; use a whole number of at most 90",
        ),
    ],
)
def test_value_that_cannot_be(arguments: dict[str, Any], problem: str) -> None:
    """Each fault says its place, what was found and what to use."""
    error = refused(**arguments)

    assert error.problems == (problem,)
    assert (error.where, error.remedy) == ("Settings", "mend the lines above")


def test_required_tag_of_aws_is_refused() -> None:
    """A required tag that AWS keeps for itself could never be given."""
    error = refused(tags={"aws:x": "1"}, requirements={"required_tags": ["aws:x"]})

    assert error.problems == (
        "Settings.tags.aws:x: found 'aws:x'; use a key that does not begin with aws:",
        "Settings.requirements.required_tags.aws:x: found 'aws:x'; use a key that does not begin with aws:",
    )


def test_faults_of_shape_and_of_meaning_come_together() -> None:
    """A wrong type in one place does not hide a contradiction in another."""
    error = refused(
        owner=5,
        log_retention_days=30,
        groups=[{"name": "readers", "data": "reed"}],
        users=[{"name": "bob", "groups": ["reader"], "email": "bob"}],
        tags={"Owner": "x", "n": 5},
    )

    assert [problem.partition(":")[0] for problem in error.problems] == [
        "Settings.owner",
        "Settings.groups.0.data",
        "Settings.users.0.email",
        "Settings.tags.n",
        "Settings.log_retention_days",
        "Settings.users.0.groups.0",
        "Settings.tags.Owner",
    ]


@pytest.mark.parametrize(
    "groups", [7, [{"data": "read"}], ["x"], [{"name": ["x"]}]], ids=["number", "no name", "text", "list as name"]
)
def test_unreadable_groups_hide_which_groups_there_are(groups: Any) -> None:
    """While a group's name cannot be read, no user's group is called unknown."""
    error = refused(groups=groups, users=[{"name": "bob", "groups": ["readers"]}])

    assert not [problem for problem in error.problems if "users" in problem]


@pytest.mark.parametrize("users", [[{"name": "bob", "groups": "x"}], [{"name": "bob", "groups": [7]}]])
def test_unreadable_groups_of_a_user_are_reported_once(users: Any) -> None:
    """A user's groups that are no names are wrong in shape only."""
    assert len(refused(users=users).problems) == 1


def test_faulty_requirements_judge_nothing_else() -> None:
    """While the requirements cannot be read, values are not held against their defaults."""
    error = refused(requirements={"log_retention_days": "x"}, log_retention_days=1, profile="x", environment="qa")

    assert [problem.partition(":")[0] for problem in error.problems] == [
        "Settings.profile",
        "Settings.requirements.log_retention_days",
    ]


def test_sizes_are_bounded_and_no_smaller_than_required() -> None:
    """A size outside its bounds, an unknown one, and one below a requirement are all said at once."""
    with pytest.raises(SettingsError) as caught:
        Settings(sizes={"nat_gateways": 4, "nat_gatways": 1})
    assert list(caught.value.problems) == [
        "Settings.sizes.nat_gateways: found 4; use a whole number of at most 3",
        "Settings.sizes.nat_gatways: found an unknown key 'nat_gatways'; use one of noncurrent_version_days, "
        "transition_days, nat_gateways, reserved_concurrency, recovery_days, archive_days, database_backup_days, "
        "database_storage_gib, database_storage_limit_gib, database_standbys, database_protection, instances_minimum, "
        "instances_desired, instances_maximum, on_demand_percent, start_hour, stop_hour, volume_gib, small_instance, "
        "standard_instance, memory_instance, burst_instance, small_database, standard_database, memory_database, "
        "burst_database, small_aurora, standard_aurora, memory_aurora, burst_aurora (did you mean nat_gateways?)",
    ]
    with pytest.raises(SettingsError) as caught:
        Settings(sizes={"recovery_days": 3})
    assert list(caught.value.problems) == [
        "Settings.sizes.recovery_days: found 3; requirements.backup_retention_days asks for at least 7"
    ]


def test_machines_that_aws_does_not_have() -> None:
    """Each is said with the nearest that its seller has: EC2, an engine of RDS, or Aurora."""
    with pytest.raises(SettingsError) as caught:
        Settings(
            sizes={
                "small_instance": "t4g.smal",
                "standard_database": "db.m6g.largee",
                "standard_aurora": "db.m6g.large",
                "memory_aurora": "db.r7g.16xlarge",
                "burst_database": 3,
            }
        )
    assert [problem.split("; ")[0] for problem in caught.value.problems] == [
        "Settings.sizes.burst_database: found 3",
    ]
    with pytest.raises(SettingsError) as caught:
        Settings(
            sizes={
                "small_instance": "t4g.smal",
                "standard_database": "db.m6g.largee",
                "standard_aurora": "db.m6g.large",
                "memory_aurora": "db.r7g.16xlarge",
            }
        )
    assert list(caught.value.problems) == [
        "Settings.sizes.small_instance: found 't4g.smal'; use what AWS has, such as t4g.medium "
        "(did you mean t4g.small?)",
        "Settings.sizes.standard_database: found 'db.m6g.largee'; use what AWS has, such as db.m6g.large "
        "(did you mean db.m6g.large?)",
        "Settings.sizes.standard_aurora: found 'db.m6g.large'; use what AWS has, such as db.r7g.large "
        "(did you mean db.r6g.large?)",
    ]


def test_switch_that_is_demanded_is_not_switched_off() -> None:
    """A standby and protection are amounts that the requirements hold up."""
    with pytest.raises(SettingsError) as caught:
        Settings(sizes={"database_standbys": 0, "database_protection": 0})
    assert list(caught.value.problems) == [
        "Settings.sizes.database_standbys: found 0; requirements.multi_az asks for at least 1",
        "Settings.sizes.database_protection: found 0; requirements.deletion_protection asks for at least 1",
    ]
    free = {"multi_az": False, "deletion_protection": False}
    assert Settings(sizes={"database_standbys": 0}, requirements=free).size("database_standbys") == {
        "dev": 0,
        "staging": 0,
        "prod": 0,
    }


def test_machine_of_each_profile() -> None:
    """Those of the table, one's own in their place, and one alone where the environment is fixed."""
    table = {"dev": "db.t4g.small", "staging": "db.t4g.medium", "prod": "db.m6g.large"}
    own = Settings(environment="prod", sizes={"standard_database": "db.m7g.large"})

    assert Settings().machine("standard", "database") == table
    assert own.machine("standard", "database") == {"prod": "db.m7g.large"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("medium", "database"), "workload: found 'medium'; use one of small, standard, memory, burst"),
        (("small", "databse"), "kind: found 'databse'; use one of instance, database, aurora (did you mean database?)"),
    ],
)
def test_machine_of_no_workload(words: tuple[str, str], message: str) -> None:
    """A workload or a kind that the table does not have is said, with those that it has."""
    with pytest.raises(UsageError) as caught:
        Settings().machine(*words)
    assert str(caught.value) == message
