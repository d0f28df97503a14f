"""Who people and functions are: groups behind multi-factor authentication, users, roles inside one boundary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import awacs.aws as aws
import awacs.iam as iam_actions
import awacs.secretsmanager as secrets_actions
import awacs.sts as sts_actions
from troposphere import AWSHelperFn, GetAtt, Ref, encode_to_dict, iam

from tap_templates.data.actions import needs_wildcard
from tap_templates.errors import PolicyError
from tap_templates.naming import logical_id
from tap_templates.policies import EVERYTHING, allow, deny_all_but, document, trust
from tap_templates.settings import Group, User
from tap_templates.stack import Encoded, Stack

BOUNDARY = "RoleBoundary"
SECRETS = "{path}/access-keys/"  # Where the rotated keys of the stack's users lie.
OWN_USER = "arn:${AWS::Partition}:iam::${AWS::AccountId}:user/{path}/${!aws:username}"
OWN_MFA = "arn:${AWS::Partition}:iam::${AWS::AccountId}:mfa/${!aws:username}"
FURTHER_MFA = f"{OWN_MFA}-*"
OWN_SECRET = (
    "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:"
    + SECRETS
    + "${!aws:username}-??????"
)

# IAM user guide, "Allows MFA-authenticated IAM users to manage their own credentials": what works before there is MFA.
# An enrolment that was broken off can be begun anew: IAM deletes no device that is in use.
WITHOUT_MFA = [
    iam_actions.ChangePassword,
    iam_actions.CreateVirtualMFADevice,
    iam_actions.DeleteVirtualMFADevice,
    iam_actions.EnableMFADevice,
    iam_actions.GetAccountPasswordPolicy,
    iam_actions.GetUser,
    iam_actions.ListMFADevices,
    iam_actions.ListVirtualMFADevices,
    iam_actions.ResyncMFADevice,
    sts_actions.GetSessionToken,
]
OWN_CREDENTIALS = [
    iam_actions.ChangePassword,
    iam_actions.CreateAccessKey,
    iam_actions.DeactivateMFADevice,
    iam_actions.DeleteAccessKey,
    iam_actions.EnableMFADevice,
    iam_actions.GetAccessKeyLastUsed,
    iam_actions.GetUser,
    iam_actions.ListAccessKeys,
    iam_actions.ListMFADevices,
    iam_actions.ResyncMFADevice,
    iam_actions.UpdateAccessKey,
]


class Role(NamedTuple):
    """A role that one service assumes, and the logical ids of the policies it needs before it is used."""

    resource: iam.Role
    policy_titles: tuple[str, ...]

    @property
    def arn(self) -> AWSHelperFn:
        """ARN of the role."""
        return GetAtt(self.resource, "Arn")


class People(NamedTuple):
    """The stack's groups by the names of the settings, its users, and the logical ids of what guards them."""

    groups: dict[str, iam.Group]
    users: dict[str, iam.User]
    guard: tuple[str, ...]


def permissions_boundary(stack: Stack) -> None:
    """Boundary that every role of the stack carries, roles added by hand too.

    It allows the actions that the stack's roles were granted when the template was built, in this account: a policy
    that someone attaches to a role later cannot widen it.

    Source: IAM user guide, "Permissions boundaries for IAM entities".
    """
    stack.add(
        iam.ManagedPolicy(
            BOUNDARY,
            ManagedPolicyName=stack.name(BOUNDARY, iam.ManagedPolicy),
            Path=stack.convention.path(),
            Description="The most that any role of this stack can do",
            PolicyDocument=document(),
        ),
        says="permissions boundary of the stack's roles",
    )

    def bound(encoded: Encoded) -> None:
        encoded["Resources"][BOUNDARY]["Properties"]["PolicyDocument"] = _boundary(stack, encoded)
        for resource in encoded["Resources"].values():
            if resource["Type"] == "AWS::IAM::Role":
                resource.setdefault("Properties", {}).setdefault("PermissionsBoundary", {"Ref": BOUNDARY})

    stack.last(bound)


def service_role(
    stack: Stack, title: str, *, service: str, statements: Sequence[aws.Statement], description: str
) -> Role:
    """Role that one AWS service assumes; what it may do stands in managed policies of its own.

    Its trust policy is closed to this account where the service says whom it acts for.

    Source: IAM user guide, "The confused deputy problem".
    """
    role = stack.add(
        iam.Role(
            title,
            RoleName=stack.name(title, iam.Role),
            Path=stack.convention.path(),
            Description=description,
            AssumeRolePolicyDocument=trust(service),
        ),
        says=f"role: {description[:1].lower()}{description[1:]}",
    )
    added = stack.managed_policy(f"{title}Policy", statements, description=description, roles=[role])
    return Role(role, tuple(str(policy.title) for policy in added))


def people(stack: Stack, groups: Sequence[Group], users: Sequence[User]) -> People:
    """Groups and users of the settings, under an IAM path of the stack's own, all behind the MFA guard.

    Users get rights through groups alone. Everything is denied without MFA except enrolling it and changing one's own
    password; with MFA, everyone manages their own credentials and reads their own rotated key.

    Source: CIS AWS Foundations 1.14, 1.15; Security Hub controls IAM.2, IAM.19.
    """
    added = {group.name: _group(stack, group) for group in groups}
    guard = stack.managed_policy(
        "SelfService",
        [_mfa_guard(), *_self_service(stack)],
        description="Own credentials, and nothing without MFA",
        groups=list(added.values()),
    )
    members = {user.name: _user(stack, user, added) for user in users}
    return People(added, members, tuple(str(policy.title) for policy in guard))


def _group(stack: Stack, group: Group) -> iam.Group:
    return stack.add(
        iam.Group(
            f"{logical_id(group.name)}Group",
            GroupName=stack.convention.physical_name(group.name, "AWS::IAM::Group"),
            Path=stack.convention.path(),
        ),
        says=f"group {group.name}",
    )


def _user(stack: Stack, user: User, groups: dict[str, iam.Group]) -> iam.User:
    return stack.add(
        iam.User(
            f"{logical_id(user.name)}User",
            UserName=stack.convention.physical_name(user.name, "AWS::IAM::User"),
            Path=stack.convention.path(),
            Groups=[Ref(groups[name]) for name in user.groups],
        ),
        says=f"user {user.name}",
    )


def _mfa_guard() -> aws.Statement:
    """``BoolIfExists``: a request with long-term keys has no such key at all, and is denied too."""
    return deny_all_but(WITHOUT_MFA, when=aws.BoolIfExists(aws.MultiFactorAuthPresent, "false"), sid="DenyWithoutMfa")


def _self_service(stack: Stack) -> list[aws.Statement]:
    """Without MFA a device can be made under the user's name alone, of which there is one.

    Otherwise someone with a stolen key could enrol a device of their own beside the user's, and pass the guard with it.
    """
    own = stack.convention.sub
    with_mfa = aws.Bool(aws.MultiFactorAuthPresent, "true")
    mfa_devices = [iam_actions.CreateVirtualMFADevice, iam_actions.DeleteVirtualMFADevice]
    reading = [secrets_actions.DescribeSecret, secrets_actions.GetSecretValue]
    # Neither knows a resource: the first is about the account, the second lists all devices.
    looking = [iam_actions.GetAccountPasswordPolicy, iam_actions.ListVirtualMFADevices]
    return [
        allow(looking, on=EVERYTHING, sid="LookUp"),
        allow(OWN_CREDENTIALS, on=own(OWN_USER), sid="OwnCredentials"),
        allow(mfa_devices, on=own(OWN_MFA), sid="OwnMfaDevice"),
        allow(mfa_devices, on=own(FURTHER_MFA), when=with_mfa, sid="FurtherMfaDevices"),
        allow(reading, on=own(OWN_SECRET), sid="OwnRotatedKey"),
    ]


def _boundary(stack: Stack, encoded: Encoded) -> Any:
    granted = sorted(_granted_to_roles(encoded))
    here = [stack.convention.sub("arn:${AWS::Partition}:*:*:${AWS::AccountId}:*")]
    if any(action.startswith("s3:") for action in granted):  # The ARNs of buckets name no account.
        own_buckets = "arn:${AWS::Partition}:s3:::{prefix}-*-{suffix}"
        here += [stack.convention.sub(own_buckets), stack.convention.sub(f"{own_buckets}/*")]
    statements = []
    for sid, resources, actions in (
        ("Granted", here, [action for action in granted if not needs_wildcard(action)]),
        ("GrantedOnEverything", [EVERYTHING], [action for action in granted if needs_wildcard(action)]),
    ):
        if actions:
            known = [aws.Action(*action.split(":")) for action in actions]
            statements.append(allow(known, on=resources, sid=sid))
    return encode_to_dict(document(statements))


def _granted_to_roles(encoded: Encoded) -> set[str]:
    """Actions that policies of any kind allow the roles of a template.

    Raises:
        PolicyError: A policy allows what cannot be listed.
    """
    granted: set[str] = set()
    for title, policy in _policies_of_roles(encoded["Resources"]):
        for statement in _listed(policy["Statement"]):
            if statement["Effect"] == aws.Allow:
                actions = _listed(statement.get("Action", "NotAction"))
                for action in actions:
                    if ":" not in action or "*" in action or "?" in action:
                        raise PolicyError(title, found=action, remedy="name each action that the role needs")
                granted.update(actions)
    return granted


def _policies_of_roles(resources: Encoded) -> Iterator[tuple[str, Encoded]]:
    roles = [resource.get("Properties", {}) for resource in resources.values() if resource["Type"] == "AWS::IAM::Role"]
    arns = [arn for role in roles for arn in role.get("ManagedPolicyArns", [])]
    attached = [arn["Ref"] for arn in arns if isinstance(arn, dict) and "Ref" in arn]
    for title, resource in resources.items():
        kind, properties = resource["Type"], resource.get("Properties", {})
        if kind == "AWS::IAM::Role":
            yield from ((title, policy["PolicyDocument"]) for policy in properties.get("Policies", []))
        elif kind == "AWS::IAM::RolePolicy" or (
            kind in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy") and (properties.get("Roles") or title in attached)
        ):
            yield title, properties["PolicyDocument"]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
