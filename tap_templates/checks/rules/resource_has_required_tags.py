"""E9510: every taggable resource carries the required tags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.rule import CANNOT_TELL, FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.scenarios import gap, in_words
from tap_templates.checks.tags import TagPlace, tag_places
from tap_templates.checks.view import View
from tap_templates.requirements import REQUIRED_TAGS


def _topic(*keys: str) -> dict[str, Any]:
    tags = [{"Key": key, "Value": "payments"} for key in keys]
    return {"Resources": {"Alarms": {"Type": "AWS::SNS::Topic", "Properties": {"Tags": tags}}}}


class ResourceHasRequiredTags(Rule):
    """In the shape that the type takes: list, map, items, tag specifications; those of an Auto Scaling group propagate.

    Every condition is followed: a tag that one case leaves out is missing there.
    """

    id = "E9510"
    shortdesc = "A resource has the required tags"
    description = "Every resource of a taggable type has the tags of requirements.required_tags, in every case."
    why = "What has no owner and no cost centre is nobody's, in the bill and in an incident."
    fix = "add the tags"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html"
    demands = ("required_tags",)
    example = Example(failing=_topic("Project", "Owner"), passing=_topic(*REQUIRED_TAGS))

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each place that takes tags."""
        wanted = [str(key) for key in self.demand("required_tags")]
        if wanted:
            for place in tag_places(view):
                yield self._verdict(view, place, wanted)

    def _verdict(self, view: View, place: TagPlace, wanted: list[str]) -> Verdict:
        path = place.found.path
        if place.tags is None:
            return Verdict(CANNOT_TELL, path, place.found.value, "write the tags out as keys and values")
        missing = {key: _gap(view, place, key) for key in wanted}
        lacking = [f"{key}{case}" for key, case in missing.items() if case is not None]
        present = [tag.key for tag in place.tags if tag.key is not None]
        if not lacking:
            return Verdict(HOLDS, path, present)
        unclear = [tag for tag in place.tags if tag.key is None or tag.propagates is None]
        if unclear:
            return Verdict(CANNOT_TELL, unclear[0].path, unclear[0].value, f"write the keys out: {', '.join(wanted)}")
        silent = any(tag.key in wanted and not tag.propagates for tag in place.tags)
        how = ", with PropagateAtLaunch: true" if silent else ""
        return Verdict(FAILS, path, present or place.found.value, f"{self.fix} {', '.join(lacking)}{how}")


def _gap(view: View, place: TagPlace, key: str) -> str | None:
    """Where the tag is missing, in words; None where it never is."""
    there = [tag.when for tag in place.tags or () if tag.key == key and tag.propagates]
    found = gap(view, place.found.when, there)
    if found is None:
        return None
    return in_words({name: holds for name, holds in found.items() if name not in place.found.when})
