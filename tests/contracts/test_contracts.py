"""A contract is right: it takes what a stack of its template gives, in every partition, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tap_templates import Settings, build
from tap_templates.blueprints import BLUEPRINTS
from tap_templates.contracts import Contract, ContractError, check_outputs, contract, contract_text, read_contract
from tap_templates.contracts.writing import is_contract
from tap_templates.data.regions import partition_of, regions
from tap_templates.errors import UsageError

pytestmark = pytest.mark.once

CHOICES = {
    "asked": Settings(),
    "fixed": Settings(project="pay", environment="dev", owner="team", cost_center="CC-1"),
}
TEMPLATE = {
    "Parameters": {"Secret": {"Type": "String", "NoEcho": True}},
    "Conditions": {"IsProd": {"Fn::Equals": ["a", "b"]}},
    "Resources": {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}},
    "Outputs": {
        "JobsArn": {"Description": "Arn of the jobs", "Value": {"Fn::GetAtt": ["Jobs", "Arn"]}},
        "Extra": {"Condition": "IsProd", "Value": "extra"},
        "Hidden": {"Value": {"Ref": "Secret"}},
    },
}
JOBS_ARN = "arn:aws:sqs:us-east-1:111122223333:jobs"


def schemas() -> list[Any]:
    """The contract of each blueprint, with everything asked for at upload and with everything fixed."""
    return [
        pytest.param(contract(name, build(name, chosen).to_dict()), id=f"{name}-{which}")
        for name in BLUEPRINTS
        for which, chosen in CHOICES.items()
    ]


def written(folder: Path, said: Any, name: str = "t.outputs.json") -> Path:
    """A contract in a file."""
    path = folder / name
    path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    return path


@pytest.fixture
def small(tmp_path: Path) -> Contract:
    """The contract of the small template, read from its file."""
    return read_contract(written(tmp_path, contract_text("small", TEMPLATE)), shown="small.outputs.json")


def test_contract_is_a_json_schema_of_the_flat_outputs() -> None:
    """Description, pattern and Condition of each output; what holds a secret is not among them."""
    assert contract("small", TEMPLATE) == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "small",
        "description": "Flat outputs of a stack of small, as `tap-templates outputs STACK` writes them",
        "type": "object",
        "properties": {
            "Extra": {"type": "string", "pattern": "^extra$", "$comment": "Condition IsProd"},
            "JobsArn": {
                "description": "Arn of the jobs",
                "type": "string",
                "pattern": "^arn:aws(-[a-z]+)*:sqs:[a-z]{2,4}(-[a-z]+)+-[0-9]:[0-9]{12}:jobs$",
            },
        },
        "required": ["JobsArn"],
        "additionalProperties": False,
    }


@pytest.mark.parametrize("schema", schemas())
def test_every_output_of_every_blueprint_is_told_apart(schema: dict[str, Any]) -> None:
    """Each has a description, and a pattern that refuses what is empty, has blanks or lines, or is any word."""
    Draft202012Validator.check_schema(schema)
    for key, said in schema["properties"].items():
        assert said["description"], key
        assert r"[\s\S]" not in said["pattern"], key
        assert not [value for value in ("", " ", "a b", "A\nB", "Wrong!") if re.search(said["pattern"], value)], key


@pytest.mark.parametrize("schema", schemas())
@settings(max_examples=15)
@given(data=st.data())
def test_values_of_the_form_satisfy_and_others_fail(
    schema: dict[str, Any], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As an independent validator of JSON Schema judges: the same verdict on values of the form, and altered ones."""
    read = read_contract(written(tmp_path_factory.mktemp("c"), schema))
    ascii_only = st.characters(codec="ascii")
    outputs = {
        key: data.draw(st.from_regex(said["pattern"][1:-1], fullmatch=True, alphabet=ascii_only))
        for key, said in schema["properties"].items()
    }
    assert read.mismatches(outputs) == []
    assert Draft202012Validator(schema).is_valid(outputs)

    key = data.draw(st.sampled_from(sorted(outputs)))
    altered = {**outputs, key: data.draw(altered_values(outputs[key]))}
    found = [mismatch.key for mismatch in read.mismatches(altered)]
    assert found == ([] if Draft202012Validator(schema).is_valid(altered) else [key])


def altered_values(value: str) -> st.SearchStrategy[str]:
    """A value with one character less, more or other; or any text that ends no line."""
    places = st.integers(0, max(len(value) - 1, 0))
    characters = st.characters(codec="utf-8", exclude_characters="\n")
    return st.one_of(
        places.map(lambda at: value[:at] + value[at + 1 :]),
        st.tuples(places, characters).map(lambda way: value[: way[0]] + way[1] + value[way[0] :]),
        st.tuples(places, characters).map(lambda way: value[: way[0]] + way[1] + value[way[0] + 1 :]),
        st.text(characters),
    )


@pytest.mark.parametrize("region", regions())
def test_every_region_of_every_partition_is_accepted(small: Contract, region: str) -> None:
    """An ARN of any partition; not one without a partition or region that can be."""
    arn = f"arn:{partition_of(region)}:sqs:{region}:111122223333:jobs"

    assert small.mismatches({"JobsArn": arn}) == []
    assert small.mismatches({"JobsArn": arn.replace(region, "nowhere")})
    assert small.mismatches({"JobsArn": arn.replace(":aws", ":azure")})


def test_each_mismatch_is_said(small: Contract) -> None:
    """Missing, unknown and of another form, each with key, value found and pattern expected."""
    with pytest.raises(ContractError) as caught:
        check_outputs("stack jobs", {"Extra": "other", "New": "x"}, small)

    pattern = "^arn:aws(-[a-z]+)*:sqs:[a-z]{2,4}(-[a-z]+)+-[0-9]:[0-9]{12}:jobs$"
    assert str(caught.value) == (
        "stack jobs: its outputs break small.outputs.json; "
        "deploy the template again, or generate the contract of the one that is deployed\n"
        "  Extra: found 'other'; expected ^extra$\n"
        f"  JobsArn: found nothing; expected {pattern}\n"
        "  New: found 'x', but the contract has no such output"
    )
    assert caught.value.exit_code == 1
    assert [mismatch.key for mismatch in caught.value.mismatches] == ["Extra", "JobsArn", "New"]


def test_outputs_of_another_template_are_recognised(small: Contract) -> None:
    """No key in common: one sentence, not a list of everything."""
    with pytest.raises(ContractError, match=r"they have no output in common; name the contract of the template that"):
        check_outputs("stack other", {"New": "x"}, small)


def test_conditional_outputs_may_be_absent(small: Contract) -> None:
    """What has a Condition is judged when it is there, and not missed."""
    assert small.mismatches({"JobsArn": JOBS_ARN}) == []
    assert small.mismatches({"JobsArn": JOBS_ARN, "Extra": "extra"}) == []


def test_line_break_at_the_end_is_no_match(small: Contract) -> None:
    """``$`` is the end of the text, as JSON Schema has it."""
    assert small.mismatches({"JobsArn": f"{JOBS_ARN}\n"})


def test_open_contract_lets_other_outputs_pass(tmp_path: Path) -> None:
    """A contract of one's own may leave ``additionalProperties`` and ``pattern`` out."""
    read = read_contract(written(tmp_path, {"properties": {"A": {}, "B": {"pattern": "b"}}, "required": ["C"]}))

    assert read.mismatches({"A": "x", "B": "abc", "C": "c", "D": "d"}) == []
    assert [mismatch.key for mismatch in read.mismatches({"B": "x"})] == ["B", "C"]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("{", "text that is not JSON"),
        ([], "JSON, not a contract of outputs"),
        ({"A": "b"}, "JSON, not a contract of outputs"),
        ({"properties": {}}, "JSON, not a contract of outputs"),
        (TEMPLATE, "a template, not a contract of outputs"),
        ({"properties": {"A": {}}, "type": "array"}, "a schema that is not one of flat outputs"),
        ({"properties": {"A": {}}, "required": "A"}, "a schema that is not one of flat outputs"),
        ({"properties": {"A": {}}, "additionalProperties": {}}, "additionalProperties: found {}; use true or false"),
        (
            {"properties": {"A": {}}, "requires": []},
            "t.outputs.json: requires: found 'a word that contracts do not have'",
        ),
        ({"properties": {"A": {"minLength": 3}}}, "properties.A.minLength: found 'a word that contracts do not have'"),
        ({"properties": {"A": {"type": "number"}}}, "properties.A: found 'something other than a string'"),
        ({"properties": {"A": "x"}}, "properties.A: found 'something other than a string'"),
        ({"properties": {"A": {"pattern": "("}}}, "properties.A.pattern: found '('; use a regular expression"),
        ({"properties": {"A": {"pattern": 5}}}, "properties.A.pattern: found 5; use a regular expression"),
    ],
)
def test_what_is_no_contract(tmp_path: Path, said: Any, found: str) -> None:
    """Each says what it is instead, and which file to name."""
    with pytest.raises(UsageError, match=re.escape(found)):
        read_contract(written(tmp_path, said))


def test_contract_that_is_not_there(tmp_path: Path) -> None:
    """A missing file, a folder and bytes that are no text are explained."""
    with pytest.raises(UsageError, match=r"found 'no such file or directory'; name the NAME.outputs.json"):
        read_contract(tmp_path / "none.json")
    with pytest.raises(UsageError, match="found 'is a directory'"):
        read_contract(tmp_path)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe{")
    with pytest.raises(UsageError, match='found "text that is not JSON'):
        read_contract(tmp_path / "bytes")


def test_contracts_are_known_by_their_name() -> None:
    """As ``generate`` names them."""
    assert is_contract("templates/t.outputs.json")
    assert not is_contract("templates/outputs.json")
