"""Tags as rules see them: each place where a type takes tags, and every tag that can stand there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tap_templates.checks.view import Found, Path, Resource, Scenario, View
from tap_templates.data.resource_types import (
    ITEMS,
    LAUNCHED,
    MAP,
    OWN_RESOURCE_TYPE,
    PROPAGATE_AT_LAUNCH,
    resource_type,
)

LAUNCH_TEMPLATE_DATA = "LaunchTemplateData.TagSpecifications"


class Tag(NamedTuple):
    """One tag that can be there; ``key`` is None where the template does not say which."""

    key: str | None
    value: Any
    path: Path  # Of its value.
    when: Scenario
    propagates: bool | None = True  # To what an Auto Scaling group launches; None where the template does not say.


class TagPlace(NamedTuple):
    """One value of a property that takes tags; the tags are None where the template does not say what they are."""

    found: Found
    tags: tuple[Tag, ...] | None


def tag_places(view: View) -> Iterator[TagPlace]:
    """Every place of a template that takes tags, on each side of each condition, also where there are none."""
    for resource in view.resources:
        known = resource_type(resource.type)
        if known is None:
            continue
        if known.tag_property:
            shape = known.tag_shape or ""
            for found in resource.get(known.tag_property):
                yield TagPlace(found, _tags(view, found, shape))
        for path in known.tag_specifications:
            yield from _specifications(view, resource, path)


def _tags(view: View, found: Found, shape: str) -> tuple[Tag, ...] | None:
    if found.is_missing:
        return ()
    if found.is_unknown:
        return None
    if shape == MAP:
        return tuple(_of_map(view, found)) if isinstance(found.value, Mapping) else ()
    items = _below(view, found, "Items") if shape == ITEMS else [found]
    if any(each.is_unknown for each in items):
        return None
    return tuple(tag for each in items for tag in _of_list(view, each, shape == PROPAGATE_AT_LAUNCH))


def _of_map(view: View, found: Found) -> Iterator[Tag]:
    for key, value in found.value.items():
        for each in view.alternatives(value, (*found.path, key), found.when):
            if not each.is_missing:
                yield Tag(str(key), each.value, each.path, each.when)


def _of_list(view: View, found: Found, is_propagated: bool) -> Iterator[Tag]:
    for index, written in enumerate(found.value if isinstance(found.value, list) else []):
        for item in view.alternatives(written, (*found.path, index), found.when):
            if item.is_unknown:
                yield Tag(None, item.value, item.path, item.when)
            elif isinstance(item.value, Mapping):
                yield from _of_item(view, item, is_propagated)


def _of_item(view: View, item: Found, is_propagated: bool) -> Iterator[Tag]:
    for key in _below(view, item, "Key"):
        propagates = _propagates(view, item, key.when) if is_propagated else True
        for value in _below(view, item, "Value", key.when):
            name = key.value if isinstance(key.value, str) else None
            if not key.is_missing:
                yield Tag(name, value.value, value.path, value.when, propagates)


def _propagates(view: View, item: Found, when: Scenario) -> bool | None:
    answers = list(_below(view, item, "PropagateAtLaunch", when))
    if any(each.is_unknown for each in answers):
        return None
    return all(str(each.value).lower() == "true" for each in answers)


def _below(view: View, found: Found, name: str, when: Scenario | None = None) -> list[Found]:
    return list(view.walk(found.value, (name,), found.path, found.when if when is None else when))


def _specifications(view: View, resource: Resource, path: str) -> Iterator[TagPlace]:
    """Each specification there is, and where the resource itself needs one that is missing, its place."""
    needed = _needed(resource.type, path)
    for found in resource.get(path):
        if found.is_unknown:
            yield TagPlace(found, None)
            continue
        kinds = set()
        for index, written in enumerate(found.value if isinstance(found.value, list) else []):
            for item in view.alternatives(written, (*found.path, index), found.when):
                kinds |= {each.value for each in _below(view, item, "ResourceType") if isinstance(each.value, str)}
                for tags in _below(view, item, "Tags"):
                    yield TagPlace(tags, _tags(view, tags, ""))
        if any(kind not in kinds for kind in needed):
            yield TagPlace(found, ())


def _needed(type_name: str, path: str) -> tuple[str, ...]:
    """What a specification must be there for."""
    if path == "TagSpecifications" and type_name in OWN_RESOURCE_TYPE:
        return (OWN_RESOURCE_TYPE[type_name],)
    return LAUNCHED if path == LAUNCH_TEMPLATE_DATA else ()
