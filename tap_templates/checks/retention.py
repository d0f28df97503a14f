"""What becomes of stateful resources: rules about the attributes that say so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from tap_templates.checks.dead_letters import dead_letter_queues
from tap_templates.checks.rule import Rule, Verdict, verdict
from tap_templates.checks.view import MISSING, Found, Resource, View
from tap_templates.data.stateful_types import StatefulType, stateful_type
from tap_templates.requirements import ANY, DELETE


class RetentionRule(Rule):
    """An attribute of each stateful resource says what data_retention demands."""

    demands = ("data_retention",)
    attribute: ClassVar[str]
    keeps: ClassVar[tuple[str, ...]]  # Words with which the resource itself stays.

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each value of the attribute of each stateful resource."""
        dead_letters = dead_letter_queues(view)
        for resource in view.resources:
            kind = stateful_type(resource.type)
            if kind is not None and resource.logical_id not in dead_letters:
                yield from self._judge(resource, kind)

    def _judge(self, resource: Resource, kind: StatefulType) -> Iterator[Verdict]:
        words = self._words(kind)
        remedy = f"set {self.attribute} to {' or '.join(words)} (requirement data_retention: {self._required})"
        for alone in resource.get(kind.unless) if kind.unless else [Found((), MISSING, resource.scenario)]:
            if alone.is_missing:
                value = resource.attribute(self.attribute)
                path = resource.path if value is MISSING else resource.at(self.attribute)
                for found in resource.view.alternatives(value, path, alone.when):
                    yield verdict(found, None if found.is_unknown else found.value in words, remedy)

    @property
    def _required(self) -> str:
        return str(self.demand("data_retention"))

    def _words(self, kind: StatefulType) -> tuple[str, ...]:
        if self._required == DELETE:
            return ("Delete",)
        kept = (*self.keeps, *(["Snapshot"] if kind.snapshot else []))
        return (*kept, "Delete") if self._required == ANY else kept
