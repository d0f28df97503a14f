"""E9304: instances give their metadata, and the credentials in it, only to those that ask with a token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.rule import CANNOT_TELL, Example, Rule, Verdict, as_number, verdict
from tap_templates.checks.values import as_text, is_dynamic
from tap_templates.checks.view import Found, Resource, View

INSTANCE, TEMPLATE = "AWS::EC2::Instance", "AWS::EC2::LaunchTemplate"
CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
OPTIONS = {
    TEMPLATE: "LaunchTemplateData.MetadataOptions",
    INSTANCE: "MetadataOptions",
    CONFIGURATION: "MetadataOptions",
}
HOPS = "set HttpPutResponseHopLimit to 1"
ELSEWHERE = "name a launch template of this template, or set the instance's own MetadataOptions"


def _workers(**options: Any) -> dict[str, Any]:
    return {"Resources": {"Workers": {"Type": TEMPLATE, "Properties": {"LaunchTemplateData": options}}}}


class InstanceMetadataNeedsToken(Rule):
    """Launch templates, launch configurations, and instances by their own options or by their launch template.

    Without an option the account and the image decide; one hop is the default of launch configurations alone.
    """

    id = "E9304"
    shortdesc = "Instance metadata needs a token, for one hop"
    description = "HttpTokens is required and HttpPutResponseHopLimit is 1, or the metadata service is disabled."
    why = "Without a token, a request that an application can be talked into making reads the role's credentials."
    fix = "set MetadataOptions.HttpTokens to required"
    source_url = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html"
    demands = ("instance_metadata_v2",)
    example = Example(
        failing=_workers(InstanceType="t4g.small"),
        passing=_workers(
            InstanceType="t4g.small", MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1}
        ),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Tokens, and where they are required, hops."""
        if not self.demand("instance_metadata_v2"):
            return
        names = {as_text(found.value) for each in view.of(TEMPLATE) for found in each.get("LaunchTemplateName")}
        for resource in view.of(*OPTIONS):
            options = OPTIONS[resource.type]
            for endpoint in resource.get(f"{options}.HttpEndpoint"):
                if endpoint.value == "disabled":
                    yield verdict(endpoint, True, self.fix)
                    continue
                for tokens in resource.get(f"{options}.HttpTokens", endpoint.when):
                    yield from self._tokens(resource, tokens, names)

    def _tokens(self, resource: Resource, tokens: Found, names: set[str]) -> Iterator[Verdict]:
        if tokens.is_missing and resource.type == INSTANCE:
            yield from self._by_template(resource, tokens, names)
            return
        accepted = None if _is_open(tokens) else tokens.value == "required"
        yield verdict(tokens, accepted, self.fix)
        if accepted:
            for hops in resource.get(f"{OPTIONS[resource.type]}.HttpPutResponseHopLimit", tokens.when):
                yield verdict(hops, _is_one(resource, hops), HOPS)

    def _by_template(self, instance: Resource, tokens: Found, names: set[str]) -> Iterator[Verdict]:
        """What an instance without options of its own takes over; a template of the same file is judged itself."""
        for used in instance.get("LaunchTemplate", tokens.when):
            if used.is_missing:
                yield verdict(tokens, False, self.fix)
                continue
            keys = () if used.is_unknown else ("LaunchTemplateId", "LaunchTemplateName")
            named = [found for key in keys for found in instance.view.walk(used.value, (key,), used.path, used.when)]
            for found in named or [used]:
                if not (found.is_missing or _is_here(instance.view, found, names)):
                    yield Verdict(CANNOT_TELL, found.path, found.value, ELSEWHERE)


def _is_here(view: View, found: Found, names: set[str]) -> bool:
    """Whether what is named is a launch template of this template."""
    named = view.referred(found.value)
    return (named is not None and named.type == TEMPLATE) or as_text(found.value) in names


def _is_open(found: Found) -> bool:
    return found.is_unknown or is_dynamic(found.value)


def _is_one(resource: Resource, hops: Found) -> bool | None:
    if _is_open(hops):
        return None
    return resource.type == CONFIGURATION if hops.is_missing else as_number(hops.value) == 1
