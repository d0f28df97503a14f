"""Reading tap.yaml: every fault in one run with its line, overlays, and files that are no settings."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tap_templates.errors import SettingsError, UsageError
from tap_templates.settings import Group
from tap_templates.settings.file import environments, load

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "payments" / "tap.yaml")
Write = Callable[[str], str]
QUOTES = "use text; put it in quotes"
DAYS = "use a whole number from 1 to 30"
PLAIN = "use plain text (in quotes) or a number"
TOP_KEYS = (
    "version, project, environment, owner, cost_center, data_classification, alarm_email, log_retention_days, "
    "reserve_concurrency, access_keys, profile, groups, users, tags, network, pipeline, data_store, "
    "sizes, suppressions, requirements, environments"
)


def problems(path: str, environment: str | None = None) -> list[str]:
    """Every problem of a file, without the folder that it is in."""
    with pytest.raises(SettingsError) as caught:
        load(path, environment)
    assert (caught.value.where, caught.value.remedy) == (path, "mend the lines above")
    return [problem.removeprefix(str(Path(path).parent) + "/") for problem in caught.value.problems]


def unusable(path: str, environment: str | None = None) -> UsageError:
    """The error of a file that cannot be read."""
    with pytest.raises(UsageError) as caught:
        load(path, environment)
    return caught.value


def test_example_is_read() -> None:
    """The example describes two environments, each of which has what it says and what is common."""
    dev, prod = load(EXAMPLE, "dev"), load(EXAMPLE, "prod")

    assert environments(EXAMPLE) == ["dev", "prod"]
    assert (dev.get("project"), dev.get("environment"), dev.profile) == ("payments", "dev", "dev")
    assert (dev.get("data_classification"), prod.get("data_classification")) == ("confidential", "restricted")
    assert (dev.get("log_retention_days"), prod.get("log_retention_days")) == (365, 731)
    assert prod.get("access_keys.grace_days") == 7


def test_common_part_alone_asks_for_the_environment() -> None:
    """Without an environment, only what is common is fixed."""
    settings = load(EXAMPLE)

    assert (settings.get("project"), settings.get("environment"), settings.get("alarm_email")) == (
        "payments",
        None,
        None,
    )


def test_overlay_joins_mappings_and_replaces_the_rest(write_settings: Write) -> None:
    """Keys of a mapping are laid over one by one, lists as a whole, and nothing takes a value back."""
    path = write_settings("""\
        version: 1
        owner: common
        access_keys: {grace_days: 3, unused_days: 30}
        groups: [{name: a}, {name: b}]
        environments:
          dev:
            owner:
            access_keys: {grace_days: 5}
            groups: [{name: c}]
          prod:
        """)
    dev, prod = load(path, "dev"), load(path, "prod")

    assert dev.values == {"environment": "dev", "access_keys.grace_days": 5, "access_keys.unused_days": 30}
    assert dev.groups == (Group("c"),)
    assert (prod.get("owner"), prod.get("access_keys.grace_days"), len(prod.groups)) == ("common", 3, 2)


def test_environment_may_be_that_of_the_common_part(write_settings: Write) -> None:
    """A file for one environment may be asked for it by name."""
    path = write_settings("version: 1\nenvironment: prod\nowner: me\n")

    assert load(path, "prod").values == load(path).values == {"environment": "prod", "owner": "me"}
    assert environments(path) == []


def test_common_part_may_need_what_overlays_say(write_settings: Write) -> None:
    """Where environments complete the common part, it is not judged alone."""
    path = write_settings("""\
        version: 1
        requirements: {required_tags: [Team]}
        environments: {dev: {tags: {Team: red}}}
        """)

    assert load(path, "dev").tags == {"Team": "red"}
    assert problems(path) == ["tap.yaml:1: tags: found no Team; requirements.required_tags asks for it"]


def test_unknown_environment_is_answered_with_the_known(write_settings: Write) -> None:
    """An environment that the file does not describe is the caller's mistake."""
    error = unusable(EXAMPLE, "prd")

    assert (error.where, error.found) == (f"{EXAMPLE}: environments", "prd")
    assert error.remedy == "use one of dev, prod, or add it below environments: (did you mean prod?)"


@pytest.mark.parametrize(("text", "known"), [("version: 1\n", "none"), ("version: 1\nenvironment: dev\n", "dev")])
def test_file_without_environments_knows_its_own_only(write_settings: Write, text: str, known: str) -> None:
    """Without overlays only the environment of the common part can be asked for."""
    assert unusable(write_settings(text), "test").remedy == f"use one of {known}, or add it below environments:"


def test_all_faults_of_a_file_in_one_run(write_settings: Write) -> None:
    """Doubled keys, unknown keys, wrong types, impossible values and contradictions come together, with lines."""
    path = write_settings("""\
        version: 1
        projct: pay
        owner: 5
        owner: 2026-13-45
        access_keys:
          grace_days: 31
          max_age_days: 91
        groups:
          - name: readers
            data: reed
        users:
          - name: bob
            groups: [reader]
          - groups: [readers]
        tags: {Owner: x}
        environments:
          dev:
            log_retention_days: 30
          prod:
            reserve_concurrency: maybe
            environment: dev
            users: [{name: eve, groups: [x]}]
          qa: 5
        """)

    assert problems(path, "dev") == [
        f"tap.yaml:2: projct: found an unknown key 'projct'; use one of {TOP_KEYS} (did you mean project?)",
        "tap.yaml:4: owner: found the key twice; keep one",
        "tap.yaml:4: owner: found '2026-13-45'; use plain text (in quotes) or a number",
        "tap.yaml:6: access_keys.grace_days: found 31; use a whole number from 1 to 30",
        "tap.yaml:10: groups.0.data: found 'reed'; use none, read or write (did you mean read?)",
        "tap.yaml:13: users.0.groups.0: found 'reader'; use one of readers (did you mean readers?)",
        "tap.yaml:14: users.1.name: found nothing; say it",
        "tap.yaml:15: tags.Owner: found 'Owner'; this tag is made from the settings: leave it out",
        "tap.yaml:18: environments.dev.log_retention_days: found 30; the requirements ask for one of 365, 400, 545, "
        "731, 1096, 1827, 2192, 2557, 2922, 3288, 3653",
        "tap.yaml:20: environments.prod.reserve_concurrency: found 'maybe'; use true or false",
        "tap.yaml:21: environments.prod.environment: found 'dev'; leave it out: here the environment is prod",
        "tap.yaml:22: environments.prod.users.0.groups.0: found 'x'; use one of readers",
        "tap.yaml:23: environments.qa: found 5; use a mapping of keys to values",
    ]


def test_environments_refuses_a_faulty_file(write_settings: Write) -> None:
    """Names of environments are given of sound files only."""
    with pytest.raises(SettingsError) as caught:
        environments(write_settings("version: 1\nprojct: x\nenvironments: {dev: }\n"))

    assert len(caught.value.problems) == 1


def test_environment_with_an_impossible_name(write_settings: Write) -> None:
    """The name of an environment is judged where it stands."""
    path = write_settings("version: 1\nenvironments:\n  Prod: {}\n")

    assert problems(path) == [
        "tap.yaml:3: environments.Prod: found 'Prod'; use 2 to 10 lower-case letters and digits, beginning with a "
        "letter"
    ]


def test_framework_is_named_with_and_without_its_version(write_settings: Write) -> None:
    """YAML reads a version as a number, and one that is left out as null."""
    path = write_settings("""\
        version: 1
        requirements:
          bucket_encryption: any
          trail_encryption: "aws:kms"
          frameworks: {cis-aws: 5.0, fsbp: }
        """)

    assert load(path).requirements.frameworks == {"cis-aws": "5.0", "fsbp": "1.0.0"}


def test_unknown_framework_stands_at_its_line(write_settings: Write) -> None:
    """With the nearest one that is known."""
    path = write_settings("""\
        version: 1
        requirements:
          frameworks: {fsb: }
        """)

    assert problems(path) == [
        "tap.yaml:3: requirements.frameworks.fsb: found 'fsb'; "
        "use one of cis-aws, fsbp, nist-800-53 (did you mean fsbp?)"
    ]


def test_fault_of_the_common_part_is_reported_once(write_settings: Write) -> None:
    """A contradiction that every environment inherits stands where it was written, once."""
    path = write_settings("""\
        version: 1
        requirements: {trail_encryption: "aws:kms"}
        environments: {dev: , prod: {owner: x}}
        """)

    assert [problem.partition(";")[0] for problem in problems(path, "dev")] == [
        "tap.yaml:2: requirements.trail_encryption: found 'aws:kms'"
    ]


def test_environments_that_are_no_mapping(write_settings: Write) -> None:
    """A list of environments is explained."""
    assert problems(write_settings("version: 1\nenvironments: [dev]\n")) == [
        "tap.yaml:2: environments: found ['dev']; use a mapping of keys to values"
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("owner: me\n", "tap.yaml:1: version: found nothing; use version: 1"),
        ("version: 2\n", "tap.yaml:1: version: found 2; use version: 1"),
        ("version: true\n", "tap.yaml:1: version: found True; use version: 1"),
        ("version: 1.0\n", "tap.yaml:1: version: found 1.0; use version: 1"),
        ("version: '1'\n", "tap.yaml:1: version: found '1'; use version: 1"),
        ("version: 1\nowner: 2026-01-01\n", f"tap.yaml:2: owner: found datetime.date(2026, 1, 1); {QUOTES}"),
        ("version: 1\nowner: yes\n", "tap.yaml:2: owner: found True; use text; put it in quotes"),
        ("version: 1\nowner: !!binary aGk=\n", "tap.yaml:2: owner: found b'hi'; use text; put it in quotes"),
        ("version: 1\naccess_keys: {grace_days: .nan}\n", f"tap.yaml:2: access_keys.grace_days: found nan; {DAYS}"),
        ("version: 1\naccess_keys: {grace_days: -.inf}\n", f"tap.yaml:2: access_keys.grace_days: found -inf; {DAYS}"),
        (
            f"version: 1\naccess_keys: {{grace_days: 0x{'f' * 5000}}}\n",
            f"tap.yaml:2: access_keys.grace_days: found a number with thousands of digits; {DAYS}",
        ),
        (
            f"version: 1\nlog_retention_days: 0x{'f' * 5000}\n",
            "tap.yaml:2: log_retention_days: found a number with thousands of digits; use a whole number",
        ),
        (
            f"version: 1\nowner: {'9' * 5000}\n",
            f"tap.yaml:2: owner: found '{'9' * 76}...; use plain text (in quotes) or a number",
        ),
        ("version: 1\nowner: !!python/object:os.system x\n", f"tap.yaml:2: owner: found 'x'; {PLAIN}"),
        ("version: 1\nowner: !!timestamp abc\n", f"tap.yaml:2: owner: found 'abc'; {PLAIN}"),
        ("version: 1\nowner: !!bool abc\n", f"tap.yaml:2: owner: found 'abc'; {PLAIN}"),
        ("version: 1\nowner: !!int ''\n", f"tap.yaml:2: owner: found ''; {PLAIN}"),
        ("version: 1\naccess_keys: !new {}\n", "tap.yaml:2: access_keys: found '!new'; leave the tag out"),
        ("version: 1\ntags: !!omap [a: b]\n", "tap.yaml:2: tags: found 'tag:yaml.org,2002:omap'; leave the tag out"),
        ("version: 1\n? [a]\n: 1\n", "tap.yaml:2: the file: found a key that is a list or a mapping; use a word"),
        (
            "version: 1\naccess_keys: {? {a: b} : 1}\n",
            "tap.yaml:2: access_keys: found a key that is a list or a mapping; use a word",
        ),
        (
            "version: 1\naccess_keys: &a {}\nenvironments:\n  dev:\n    <<: *a\n",
            "tap.yaml:5: environments.dev: found the merge key <<; write the keys out, or lay them over below "
            "environments:",
        ),
        ("version: 1\n1: x\n", f"tap.yaml:2: 1: found an unknown key '1'; use one of {TOP_KEYS}"),
    ],
)  # fmt: skip
def test_yaml_that_is_no_settings(write_settings: Write, text: str, problem: str) -> None:
    """What YAML can say beyond words, whole numbers, lists and mappings is explained."""
    assert problem in problems(write_settings(text))


def test_quoted_merge_key_is_an_ordinary_word(write_settings: Write) -> None:
    """Only the bare << is YAML's merge key."""
    assert problems(write_settings("version: 1\ntags: {'<<': x}\n")) == [
        "tap.yaml:2: tags.<<: found '<<'; use text that matches ^[A-Za-z0-9 _.:/=+@-]*$"
    ]


def test_aliases_are_their_values(write_settings: Write) -> None:
    """An anchor may be used again; each use has its own line."""
    path = write_settings("version: 1\nowner: &me team\ncost_center: *me\n")

    assert load(path).values == {"owner": "team", "cost_center": "team"}


def test_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """A file that an editor began with a byte order mark is read."""
    path = tmp_path / "tap.yaml"
    path.write_bytes(b"\xef\xbb\xbfversion: 1\nowner: me\n")

    assert load(str(path)).values == {"owner": "me"}


def test_aliases_of_aliases_end_quickly(write_settings: Write) -> None:
    """A short file that stands for a billion values is refused before they are made."""
    rows = [f"  x{level}: &x{level} [{', '.join([f'*x{level - 1}'] * 9)}]" for level in range(1, 10)]
    path = write_settings("\n".join(["version: 1", "tags:", "  x0: &x0 lol", *rows]))
    start = time.perf_counter()
    error = unusable(path)

    assert (error.where, error.found) == (path, "more than 20000 values")
    assert error.remedy == "write fewer, and no aliases of aliases"
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("value", ["[" * 30 + "]" * 30, "&a [*a, *a]", "{a: " * 30 + "1" + "}" * 30])
def test_deep_nesting_is_refused(write_settings: Write, value: str) -> None:
    """More than 20 levels, endless ones among them, are refused with their line."""
    path = write_settings(f"version: 1\ntags: {value}\n")
    error = unusable(path)

    assert (error.where, error.found, error.remedy) == (f"{path}:2", "more than 20 levels", "nest less deeply")


def test_nesting_too_deep_for_the_parser_is_refused(write_settings: Write) -> None:
    """Nesting that Python cannot follow is refused all the same."""
    path = write_settings(f"version: 1\ntags: {'[' * 3000}{']' * 3000}\n")
    error = unusable(path)

    assert (error.where, error.found, error.remedy) == (path, "more than 20 levels", "nest less deeply")


@pytest.mark.parametrize(
    ("content", "where", "found", "remedy"),
    [
        (b"", "", "no mapping", "begin with version: 1, then keys and values"),
        (b"# nothing\n", "", "no mapping", "begin with version: 1, then keys and values"),
        (b"- version: 1\n", "", "no mapping", "begin with version: 1, then keys and values"),
        (b"version: 1\nowner: \xff\n", "", "byte 18 is not UTF-8", "save the file as UTF-8"),
        ("version: 1\n".encode("utf-16"), "", "byte 0 is not UTF-8", "save the file as UTF-8"),
        (b"version: 1\nowner: a\x00b\n", "", "character U+0000", "write valid YAML, which is plain text"),
        (b"version: 1\n\towner: x\n", ":2", "found character '\\t' that cannot start any token", "write valid YAML"),
        (b"version: 1\nowner: *x\n", ":2", "found undefined alias 'x'", "write valid YAML"),
        (b"version: 1\nowner: [a\n", ":3", "expected ',' or ']', but got '<stream end>'", "write valid YAML"),
        (b"version: 1\n---\nversion: 1\n", ":2", "but found another document", "write valid YAML"),
        (b"x" * 1_000_001, "", "over 1000000 bytes", "name a settings file (tap.yaml)"),
    ],
    ids=["empty", "comment", "list", "not UTF-8", "UTF-16", "NUL", "tab", "alias", "open list", "two", "large"],
)
def test_file_that_is_no_settings_file(tmp_path: Path, content: bytes, where: str, found: str, remedy: str) -> None:
    """A file that is not YAML, not text or not a mapping says so, with its line where there is one."""
    path = tmp_path / "tap.yaml"
    path.write_bytes(content)
    error = unusable(str(path))

    assert (error.where, error.found, error.remedy) == (f"{path}{where}", found, remedy)


def test_yaml_error_without_a_place_names_the_file(write_settings: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where YAML does not say which line, the file alone is named."""
    import yaml

    def fails(*_: Any, **__: Any) -> None:
        raise yaml.MarkedYAMLError(problem="something")

    monkeypatch.setattr(yaml, "compose", fails)
    path = write_settings("version: 1\n")
    error = unusable(path)

    assert (error.where, error.found) == (path, "something")


@pytest.mark.parametrize(("name", "found"), [("none.yaml", "No such file or directory"), ("", "Is a directory")])
def test_file_that_is_not_there(tmp_path: Path, name: str, found: str) -> None:
    """A missing file and a folder are named, with what the system says."""
    path = str(tmp_path / name) if name else str(tmp_path)
    error = unusable(path)

    assert (error.where, error.found, error.remedy) == (path, found, "name a readable settings file (tap.yaml)")
