"""Alarms as rules see them: what each of them measures, of which resource, and when it is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tap_templates.checks.names import given_names
from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Verdict
from tap_templates.checks.scenarios import gap, in_words
from tap_templates.checks.values import as_text
from tap_templates.checks.view import Found, Resource, Scenario, View, is_intrinsic
from tap_templates.data.resource_types import resource_type

ALARM = "AWS::CloudWatch::Alarm"
COMPOSITE_ALARM = "AWS::CloudWatch::CompositeAlarm"


class Metric(NamedTuple):
    """One metric that one alarm measures, as far as the template says."""

    alarm: Resource
    namespace: Found
    name: Found
    dimensions: tuple[tuple[Found, Any], ...]  # Name and value of each.


class Measure(NamedTuple):
    """A metric to look for: its namespace, its name, and the dimension that names the resource."""

    namespace: str
    name: str
    dimension: str


def metrics(view: View) -> Iterator[Metric]:
    """Every metric of every alarm, those in its metric math too, on each side of each condition."""
    for alarm in view.of(ALARM):
        for name in alarm.get("MetricName"):
            if not name.is_missing:
                for namespace in alarm.get("Namespace", name.when):
                    yield from _with_dimensions(view, alarm, namespace, name, "Dimensions.*")
        for metric in alarm.get("Metrics.*.MetricStat.Metric"):
            if isinstance(metric.value, Mapping) and not metric.is_unknown:
                for name in view.walk(metric.value, ("MetricName",), metric.path, metric.when):
                    for namespace in view.walk(metric.value, ("Namespace",), metric.path, name.when):
                        places = view.walk(metric.value, ("Dimensions", "*"), metric.path, namespace.when)
                        yield Metric(alarm, namespace, name, tuple(_dimensions(view, places)))


def _with_dimensions(view: View, alarm: Resource, namespace: Found, name: Found, path: str) -> Iterator[Metric]:
    yield Metric(alarm, namespace, name, tuple(_dimensions(view, alarm.get(path, namespace.when))))


def _dimensions(view: View, places: Iterator[Found]) -> Iterator[tuple[Found, Any]]:
    for place in places:
        if isinstance(place.value, Mapping) and not place.is_unknown:
            for name in view.walk(place.value, ("Name",), place.path, place.when):
                for value in view.walk(place.value, ("Value",), place.path, name.when):
                    yield name, value.value


class Monitoring:
    """The alarms of one template, by what they measure."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._by_name: dict[str, set[str]] = {}
        for resource, _, found in given_names(view):
            self._by_name.setdefault(as_text(found.value), set()).add(resource.logical_id)
        self._of: dict[tuple[Measure, str], list[tuple[Resource, Scenario]]] = {}
        self._about: dict[str, set[str]] = {}  # Alarms by what they measure something of.
        self._unclear: set[Measure] = set()
        for metric in metrics(view):
            for name, value in metric.dimensions:
                measure = Measure(str(metric.namespace.value), str(metric.name.value), str(name.value))
                for measured in self._measured(measure, value):
                    self._of.setdefault((measure, measured), []).append((metric.alarm, name.when))
                    self._about.setdefault(measured, set()).add(metric.alarm.logical_id)

    def _measured(self, measure: Measure, value: Any) -> set[str]:
        """Logical ids of what a dimension names, or the name as written; notes where the template does not say."""
        referred, text = self.view.referred(value), as_text(value)
        if referred is not None:
            return {referred.logical_id} if _is_name(referred, text, measure.dimension) else set()
        if text not in self._by_name and is_intrinsic(value):
            self._unclear.add(measure)
        return self._by_name.get(text, {text})

    def verdict(self, resource: Resource, options: Sequence[Sequence[Measure]], *, of: Sequence[str] = ()) -> Verdict:
        """Whether alarms measure a resource, all of one of the options.

        Args:
            options: sets of measures, each of which is enough
            of: logical ids that the dimension may name; by default the resource's own
        """
        named = of or (resource.logical_id,)
        lacking = [self._lacking(resource, measures, named) for measures in options]
        if not all(lacking):
            alarms = [alarm for measures in options for measure in measures for alarm in self._alarms(measure, named)]
            return Verdict(HOLDS, resource.path, sorted(set(alarms)))
        words = [" and ".join(f"{each.name}{case}" for each, case in missing) for missing in lacking]
        [(first, _), *_] = lacking[0]
        remedy = f"add an alarm on {' (or '.join(words)}{')' * (len(words) - 1)} of {first.namespace}"
        remedy += f", with a dimension {first.dimension} that names it"
        unclear = any(measure in self._unclear for measures in options for measure in measures)
        found = self._alarms_of(named)
        return Verdict(CANNOT_TELL if unclear else FAILS, resource.path, found or "no alarm", remedy)

    def _lacking(
        self, resource: Resource, measures: Sequence[Measure], named: Sequence[str]
    ) -> list[tuple[Measure, str]]:
        """Measures that no alarm has in some case in which the resource is there, and the case in words."""
        missing = []
        for measure in measures:
            there = [when for logical_id in named for _, when in self._of.get((measure, logical_id), ())]
            case = gap(self.view, resource.scenario, there)
            if case is not None:
                own = {name: holds for name, holds in case.items() if name not in resource.scenario}
                missing.append((measure, in_words(own)))
        return missing

    def _alarms(self, measure: Measure, named: Sequence[str]) -> list[str]:
        return [alarm.logical_id for each in named for alarm, _ in self._of.get((measure, each), ())]

    def _alarms_of(self, named: Sequence[str]) -> list[str]:
        """Every alarm about the resource, whatever it measures."""
        return sorted(set().union(*(self._about.get(each, ()) for each in named)))


def _is_name(resource: Resource, text: str, dimension: str) -> bool:
    """Whether a reference gives what a dimension takes: the Ref of a queue is its URL, and no metric has that."""
    attribute = text.strip("${}").partition(".")[2]
    known = resource_type(resource.type)
    gives = attribute or (known.ref if known and known.ref else "Name")
    return gives.endswith(("Arn", "ARN", "Url")) == dimension.endswith("Arn")
