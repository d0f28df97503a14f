"""Who holds which policy of a template: roles, users and groups, as policies and identities name each other."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.view import Resource, View

IDENTITIES = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
# CloudFormation template reference: where a policy says whose it is.
NAMED_BY_POLICY = {
    "AWS::IAM::ManagedPolicy": ("Groups.*", "Roles.*", "Users.*"),
    "AWS::IAM::Policy": ("Groups.*", "Roles.*", "Users.*"),
    "AWS::IAM::GroupPolicy": ("GroupName",),
    "AWS::IAM::RolePolicy": ("RoleName",),
    "AWS::IAM::UserPolicy": ("UserName",),
}


def holders(view: View) -> dict[str, set[str]]:
    """Logical ids of the identities that hold each policy, by the policy's; those of the template alone."""
    found: dict[str, set[str]] = {}
    for policy, holder in _attachments(view):
        found.setdefault(policy.logical_id, set()).add(holder.logical_id)
    return found


def boundaries(view: View) -> frozenset[str]:
    """Logical ids of the managed policies that are permissions boundaries and nothing else: no identity holds them."""
    bounding = {
        policy.logical_id
        for identity in view.of("AWS::IAM::Role", "AWS::IAM::User")
        for each in identity.get("PermissionsBoundary")
        if (policy := view.referred(each.value)) and policy.type == "AWS::IAM::ManagedPolicy"
    }
    return frozenset(bounding - _granting(view)) if bounding else frozenset()


def _granting(view: View) -> set[str]:
    """Logical ids of the managed policies that somebody holds, of the template or not."""
    named = {
        policy.logical_id
        for policy in view.of("AWS::IAM::ManagedPolicy")
        for place in NAMED_BY_POLICY[policy.type]
        for each in policy.get(place)
        if not each.is_missing
    }
    return named | {policy.logical_id for policy, _ in _attachments(view)}


def _attachments(view: View) -> Iterator[tuple[Resource, Resource]]:
    for type_name, places in NAMED_BY_POLICY.items():
        for policy in view.of(type_name):
            for place in places:
                for each in policy.get(place):
                    holder = view.referred(each.value)
                    if holder is not None:
                        yield policy, holder
    for identity in view.of(*IDENTITIES):
        for each in identity.get("ManagedPolicyArns.*"):
            policy_of = view.referred(each.value)
            if policy_of is not None:
                yield policy_of, identity
