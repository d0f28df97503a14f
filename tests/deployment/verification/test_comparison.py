"""When a value that the template states and one that a service tells are the same."""

from __future__ import annotations

from typing import Any

import pytest

from tap_templates.deployment.verification.comparison import pairs
from tap_templates.deployment.verification.values import Policy, Tags, Unknown, Whole, tags_of

ROOT = "arn:aws:iam::111122223333:root"


def differing(expected: Any, found: Any) -> list[str]:
    """Paths at which two values of property P are not the same."""
    return [pair.path for pair in pairs("P", expected, found) if not pair.same]


def statement(**parts: Any) -> dict[str, Any]:
    """A document with one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Sid": "S", "Effect": "Allow", **parts}]}


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (365, "365"),
        ("1", 1.0),
        (True, "true"),
        (False, "false"),
        ("x", "x"),
        ([], None),
        ({}, None),
        ("", None),
        ({"A": 1}, {"A": "1", "Default": 2}),
        (["a", "b"], ["b", "a"]),
        ([1, 2], ["2", "1"]),
        ([{"Id": "x", "V": 1}, {"Id": "y", "V": 2}], [{"Id": "y", "V": 2}, {"Id": "x", "V": 1}]),
        ([{"V": 1}, {"V": 2}], [{"V": 1}, {"V": 2}]),
        ({"user": ["a"]}, '{"user": ["a"]}'),
        ('{"user":["a"]}', '{"user": ["a"]}'),
        ([{"Key": "Owner", "Value": "me"}], Tags(Owner="me", Other="x")),
        ({"Owner": "me"}, Tags(Owner="me")),
    ],
)
def test_values_that_are_the_same(expected: Any, found: Any) -> None:
    """However services write numbers, booleans, JSON and order, and whatever they say beyond the template."""
    assert differing(expected, found) == []


@pytest.mark.parametrize(
    ("expected", "found", "paths"),
    [
        (365, "30", ["P"]),
        (True, None, ["P"]),
        ("012", "12", ["P"]),
        ({"A": 1, "B": {"C": 2}}, {"A": 1, "B": {"C": 3}}, ["P.B.C"]),
        ({"A": 1}, None, ["P"]),
        ({"A": {"B": 1}}, {}, ["P.A"]),
        ({"A": 1}, Whole(A=1, B=2, C=None), ["P.B"]),
        (["a"], ["a", "b"], ["P"]),
        ([], ["b"], ["P"]),
        ([{"Id": "x", "V": 1}], [{"Id": "x", "V": 2}, {"Id": "y"}], ["P[x].V", "P[y]"]),
        ([{"Id": "x"}], [], ["P[x]"]),
        ([{"V": 1}, {"V": 2}], [{"V": 1}], ["P[1]"]),
        ([{"V": 1}], [{"V": 1}, {"V": 3}], ["P[1]"]),
        ({"user": ["a"]}, '{"user": ["b"]}', ["P"]),
        ({"user": ["a"]}, "not json", ["P"]),
        ([{"Key": "Owner", "Value": "me"}], Tags(Owner="you"), ["P.Owner"]),
        ([{"Key": "Owner", "Value": "me"}], Tags(), ["P.Owner"]),
        (Unknown("why"), "x", ["P"]),
        ([Unknown("why")], ["x"], ["P"]),
        (["text"], Policy(statement(Action="s3:GetObject")), ["P"]),
    ],
)
def test_differences_are_told_in_their_place(expected: Any, found: Any, paths: list[str]) -> None:
    """The path goes down to the value: keys by name, list items by their identity or position."""
    assert differing(expected, found) == paths


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (statement(Action="s3:GetObject"), statement(Action=["s3:GetObject"])),
        (statement(Action=["b:B", "a:A"], Resource="*"), statement(Action=["a:A", "b:B"], Resource=["*"])),
        (statement(Principal="*"), statement(Principal={"AWS": "*"})),
        (statement(Principal={"AWS": "111122223333"}), statement(Principal={"AWS": ROOT})),
        (
            statement(Condition={"Bool": {"aws:SecureTransport": False}}),
            statement(Condition={"Bool": {"AWS:securetransport": ["false"]}}),
        ),
        ({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "a:A"}},
         {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:A", "Sid": ""}]}),
    ],
)  # fmt: skip
def test_policies_that_are_the_same(expected: Any, found: Any) -> None:
    """Single values and lists, order, the root of an account, and the case of condition keys do not matter."""
    assert differing(expected, Policy(found)) == []


@pytest.mark.parametrize(
    ("expected", "found", "paths"),
    [
        (statement(Action="s3:GetObject"), statement(Action="s3:*"), ["P.Statement[S]"]),
        (statement(Principal={"AWS": ROOT}), statement(Principal={"AWS": "*"}), ["P.Statement[S]"]),
        (statement(Action="a:A"), {"Statement": statement(Action="a:A")["Statement"]}, ["P.Version"]),
        (
            statement(Action="a:A"),
            {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "a:A"}]},
            ["P.Statement[S]", "P.Statement[0]"],
        ),
        (statement(Resource=[Unknown("why")]), statement(Resource="x"), ["P.Statement[S]"]),
        (statement(Condition=Unknown("why")), statement(Condition={}), ["P.Statement[S]"]),
        (statement(Condition={"Bool": Unknown("why")}), statement(Condition={}), ["P.Statement[S]"]),
        (statement(Condition={"Bool": {"a:b": Unknown("why")}}), statement(), ["P.Statement[S]"]),
        (statement(Principal=Unknown("why")), statement(), ["P.Statement[S]"]),
        ({"Version": "2012-10-17", "Statement": [Unknown("why")]},
         {"Version": "2012-10-17", "Statement": []}, ["P.Statement[0]"]),
    ],
)  # fmt: skip
def test_policies_that_differ(expected: Any, found: Any, paths: list[str]) -> None:
    """A statement is named by its Sid, or by its position."""
    assert differing(expected, Policy(found)) == paths


def test_what_is_not_known_is_never_the_same() -> None:
    """An unknown deep inside is what the pair expects, with its reason."""
    [pair] = [
        pair
        for pair in pairs("P", statement(Resource=[Unknown("Key.Arn")]), Policy(statement(Resource=["x"])))
        if pair.path != "P.Version"
    ]
    assert pair.expected == Unknown("Key.Arn")
    assert not pair.same


def test_tags_of_aws_itself_are_left_out() -> None:
    """Lists, maps and the words of KMS come out alike."""
    assert tags_of([{"Key": "Owner", "Value": "me"}, {"Key": "aws:x", "Value": "y"}]) == {"Owner": "me"}
    assert tags_of({"Owner": "me", "aws:x": "y"}) == {"Owner": "me"}
    assert tags_of([{"TagKey": "Owner", "TagValue": "me"}], "TagKey", "TagValue") == {"Owner": "me"}
    assert tags_of(None) == {}
