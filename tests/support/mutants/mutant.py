"""One change and its reversal, and the changes that any policy document or any tags can have."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

STRANGER = "arn:aws:iam::444455556666:root"


@dataclass(frozen=True)
class Deployed:
    """A stack's clients, physical ids and types, by logical id."""

    aws: Callable[[str], Any]
    ids: Mapping[str, str]
    kinds: Mapping[str, str]

    def first(self, kind: str, *, but: str = "") -> str:
        """Physical id of some other resource of a type."""
        return next(self.ids[title] for title, found in self.kinds.items() if found == kind and title != but)


@dataclass(frozen=True)
class Mutant:
    """``change`` makes it, ``undo`` makes it right again; ``title`` is the resource that it is in."""

    title: str
    what: str
    change: Callable[[], Any]
    undo: Callable[[], Any] = lambda: None

    @property
    def name(self) -> str:
        """``DataBucket: versioning suspended``."""
        return f"{self.title}: {self.what}"


def setting(title: str, what: str, put: Callable[[Any], Any], original: Any, changed: Any) -> Mutant:
    """A value that is put in the place of another one."""
    return Mutant(title, what, lambda: put(changed), lambda: put(original))


def of_document(title: str, put: Callable[[str], Any], document: Any) -> Iterator[Mutant]:
    """A statement dropped, about other actions, or under another condition; and one more statement."""
    original = json.loads(document) if isinstance(document, str) else document
    for label, changed in _changed(original):
        yield setting(title, label, put, json.dumps(original), json.dumps(changed))


def _changed(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for at, statement in enumerate(document["Statement"]):
        name = statement.get("Sid", at)
        if len(document["Statement"]) > 1:
            dropped = copy.deepcopy(document)
            del dropped["Statement"][at]
            yield f"statement {name} dropped", dropped
        other = copy.deepcopy(document)
        action = statement.get("Action", statement.get("NotAction"))
        word = "Action" if "Action" in statement else "NotAction"
        other["Statement"][at][word] = [f"{(action if isinstance(action, str) else action[0]).split(':')[0]}:Tag*"]
        yield f"statement {name} about other actions", other
        if "Condition" in statement:
            other = copy.deepcopy(document)
            # A denial without its condition would lock its owner out.
            other["Statement"][at]["Condition"] = {"StringEquals": {"aws:PrincipalAccount": "444455556666"}}
            yield f"statement {name} under another condition", other
    more = copy.deepcopy(document)
    granted = {"Sid": "More", "Effect": "Allow", "Action": document["Statement"][0].get("Action", "s3:GetObject")}
    for word in ("Resource", "Principal"):
        if word in document["Statement"][0]:
            granted[word] = {"AWS": STRANGER} if word == "Principal" else document["Statement"][0][word]
    more["Statement"].append(granted)
    yield "one more statement", more


def of_tags(
    title: str, tags: Mapping[str, str], put: Callable[[dict[str, str]], Any], drop: Callable[[str], Any]
) -> Iterator[Mutant]:
    """Each tag dropped, and each with another value; those of CloudFormation itself are no matter."""
    for key, value in tags.items():
        if not key.startswith("aws:"):
            yield Mutant(title, f"tag {key} dropped", lambda k=key: drop(k), lambda k=key, v=value: put({k: v}))  # type: ignore[misc]
            yield setting(title, f"tag {key} changed", put, {key: value}, {key: f"{value}x"})


def pairs(tags: list[dict[str, str]]) -> dict[str, str]:
    """Tags of a list as a map."""
    return {tag["Key"]: tag["Value"] for tag in tags}


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags of a map as a list."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
