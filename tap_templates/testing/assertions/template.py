"""The assertions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tap_templates.errors import did_you_mean
from tap_templates.testing import resolution
from tap_templates.testing.assertions.matching import Captured, Difference, Matcher, compare, size
from tap_templates.testing.templates import TemplateSource, template_of

NEAREST_SHOWN = 3
DIFFERENCES_SHOWN = 12


class Candidate(NamedTuple):
    """A resource, output or other entry, with where it is not as expected."""

    name: str
    differences: list[Difference]
    captured: Captured


class Template:
    """A template to make assertions about: data, a ``Stack``, a file, or text.

    Raises:
        UsageError: Not readable, or not a template.
    """

    def __init__(self, source: TemplateSource) -> None:
        self.body = template_of(source)

    def resolve(self, parameters: Mapping[str, Any] | None = None, **where: str) -> Template:
        """The concrete template for these parameters; arguments and errors as those of ``resolve``."""
        return Template(resolution.resolve(self.body, parameters, **where))

    def resources(self, kind: str | None = None) -> dict[str, Any]:
        """Resources by logical id, all or those of one type."""
        return {
            title: resource
            for title, resource in self.body["Resources"].items()
            if kind is None or resource.get("Type") == kind
        }

    def has_resource(self, kind: str, properties: Any = None, **attributes: Any) -> list[str]:
        """Logical ids of the resources that match, at least one.

        Args:
            kind: ``"AWS::S3::Bucket"``
            properties: what must be among its properties.
            attributes: what must be beside them: ``DeletionPolicy="Retain"``
        """
        __tracebackhide__ = True
        candidates = self._candidates(kind, properties, attributes)
        found = _matches(candidates)
        if not found:
            raise AssertionError(self._none_like(kind, candidates, _expected(properties, attributes)))
        return found

    def has_no_resource(self, kind: str, properties: Any = None, **attributes: Any) -> None:
        """No resource of the type matches."""
        __tracebackhide__ = True
        found = _matches(self._candidates(kind, properties, attributes))
        if found:
            raise AssertionError(f"{kind}: expected none like this, found {', '.join(found)}")

    def resource_count(self, kind: str, count: int, properties: Any = None, **attributes: Any) -> None:
        """So many resources of the type match."""
        __tracebackhide__ = True
        candidates = self._candidates(kind, properties, attributes)
        found = _matches(candidates)
        if len(found) == count:
            return
        lines = [f"{kind}: expected {count}, found {len(found)}{': ' if found else ''}{', '.join(found)}"]
        raise AssertionError("\n".join([*lines, *_nearest(candidates)]))

    def all_of_type(self, kind: str, properties: Any = None, **attributes: Any) -> list[str]:
        """Logical ids of all resources of the type, every one of which matches; there is at least one."""
        __tracebackhide__ = True
        candidates = self._candidates(kind, properties, attributes)
        if not candidates:
            raise AssertionError(self._none_like(kind, [], _expected(properties, attributes)))
        if len(found := _matches(candidates)) < len(candidates):
            wrong = sum(1 for candidate in candidates if candidate.differences)
            lines = [f"{kind}: {wrong} of {len(candidates)} are not as expected"]
            raise AssertionError("\n".join([*lines, *_nearest(candidates, shown=len(candidates))]))
        return found

    def has_output(self, name: str | Matcher, expected: Any = None) -> list[str]:
        """Names of the outputs that match, at least one; ``name`` may be ``matching("...")``.

        Args:
            expected: ``{"Value": {"Ref": "DataBucket"}}``
        """
        __tracebackhide__ = True
        return self._has("Outputs", "output", name, expected)

    def has_parameter(self, name: str | Matcher, expected: Any = None) -> list[str]:
        """Names of the parameters that match, at least one."""
        __tracebackhide__ = True
        return self._has("Parameters", "parameter", name, expected)

    def has_condition(self, name: str | Matcher, expected: Any = None) -> list[str]:
        """Names of the Conditions that match, at least one."""
        __tracebackhide__ = True
        return self._has("Conditions", "condition", name, expected)

    def has_mapping(self, name: str | Matcher, expected: Any = None) -> list[str]:
        """Names of the mappings that match, at least one."""
        __tracebackhide__ = True
        return self._has("Mappings", "mapping", name, expected)

    def _has(self, section: str, word: str, name: str | Matcher, expected: Any) -> list[str]:
        __tracebackhide__ = True
        entries: Mapping[str, Any] = self.body.get(section, {})
        named = [title for title in entries if not compare(name, title, "", Captured())]
        if not named:
            known = did_you_mean(name, entries) or f"; it has {', '.join(entries) or 'none'}"
            raise AssertionError(f"the template has no {word} {name!r}{known}")
        candidates = [_candidate(title, {} if expected is None else expected, entries[title]) for title in named]
        found = _matches(candidates)
        if not found:
            raise AssertionError("\n".join([f"no {word} {name!r} is as expected", *_nearest(candidates)]))
        return found

    def _candidates(self, kind: str, properties: Any, attributes: Mapping[str, Any]) -> list[Candidate]:
        expected = _expected(properties, attributes)
        return [_candidate(title, expected, resource) for title, resource in self.resources(kind).items()]

    def _none_like(self, kind: str, candidates: list[Candidate], expected: Mapping[str, Any]) -> str:
        if candidates:
            of_type = f"{len(candidates)} of the type, {size(expected)} expectations"
            return "\n".join([f"no {kind} is as expected ({of_type})", *_nearest(candidates)])
        kinds = sorted({str(resource.get("Type")) for resource in self.resources().values()})
        known = did_you_mean(kind, kinds) or f"; it has {', '.join(kinds) or 'no resources'}"
        return f"the template has no {kind}{known}"


def _expected(properties: Any, attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {**({} if properties is None else {"Properties": properties}), **attributes}


def _candidate(name: str, expected: Any, found: Any) -> Candidate:
    captured = Captured()
    return Candidate(name, compare(expected, found, "", captured), captured)


def _matches(candidates: list[Candidate]) -> list[str]:
    """Names of those that match; their captures keep what they met."""
    found = [candidate for candidate in candidates if not candidate.differences]
    for candidate in found:
        candidate.captured.keep()
    return [candidate.name for candidate in found]


def _nearest(candidates: list[Candidate], *, shown: int = NEAREST_SHOWN) -> list[str]:
    """The candidates with the fewest differences, each with its differences marked by path."""
    ranked = sorted((each for each in candidates if each.differences), key=lambda each: len(each.differences))
    lines = []
    for candidate in ranked[:shown]:
        count = len(candidate.differences)
        lines.append(f"  {candidate.name}: {count} difference{'s' if count > 1 else ''}")
        lines += [f"    {difference}" for difference in candidate.differences[:DIFFERENCES_SHOWN]]
        if count > DIFFERENCES_SHOWN:
            lines.append(f"    and {count - DIFFERENCES_SHOWN} more")
    if len(ranked) > shown:
        lines.append(f"  and {len(ranked) - shown} more of the type")
    return lines
