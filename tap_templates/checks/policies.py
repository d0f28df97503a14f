"""Every policy document of a template: its statements on all sides of conditions, its kind, and its place.

An identity policy grants. A limit grants nothing: a permissions boundary, a policy of a VPC endpoint or of an
organization only lets through what another policy grants. A trust policy says who may assume a role, and a resource
policy who may use a resource.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, ClassVar, NamedTuple

from tap_templates.checks.holders import boundaries
from tap_templates.checks.resource_policies import (
    DOCUMENTS,
    either,
    forms,
    is_undecided,
    written_statements,
)
from tap_templates.checks.rule import CANNOT_TELL, FAILS, Rule, Verdict
from tap_templates.checks.values import arn_parts, as_text, is_dynamic
from tap_templates.checks.view import PLACEHOLDER, Found, Path, Resource, View, is_intrinsic

IDENTITY = "identity policy"
LIMIT = "limit"
TRUST = "trust policy"
RESOURCE = "resource policy"

# CloudFormation template reference: where policies of identities, and what limits them, stand.
IDENTITY_DOCUMENTS = {
    "AWS::IAM::Group": "Policies.*.PolicyDocument",
    "AWS::IAM::GroupPolicy": "PolicyDocument",
    "AWS::IAM::ManagedPolicy": "PolicyDocument",
    "AWS::IAM::Policy": "PolicyDocument",
    "AWS::IAM::Role": "Policies.*.PolicyDocument",
    "AWS::IAM::RolePolicy": "PolicyDocument",
    "AWS::IAM::User": "Policies.*.PolicyDocument",
    "AWS::IAM::UserPolicy": "PolicyDocument",
    "AWS::SSO::PermissionSet": "InlinePolicy",
}
LIMIT_DOCUMENTS = {"AWS::EC2::VPCEndpoint": "PolicyDocument", "AWS::Organizations::Policy": "Content"}
TRUST_DOCUMENTS = {"AWS::IAM::Role": "AssumeRolePolicyDocument"}
PLACES = {IDENTITY: IDENTITY_DOCUMENTS, LIMIT: LIMIT_DOCUMENTS, TRUST: TRUST_DOCUMENTS, RESOURCE: DOCUMENTS}
WILD = "*?"


class Statement(NamedTuple):
    """One statement in one form that conditions give it; a mapping, or what only AWS knows."""

    policy: Resource  # The resource that the document stands in.
    kind: str
    found: Found
    written: Any  # As the template has it.
    in_text: bool  # Whether the document is a text of JSON, which has no places inside.

    @property
    def path(self) -> Path:
        """Where it stands."""
        return self.found.path

    @property
    def body(self) -> Mapping[str, Any]:
        """Its parts, without any ``Fn::If``."""
        return self.found.value if isinstance(self.found.value, Mapping) else {}

    @property
    def allows(self) -> bool | None:
        """Whether its Effect is, or can be, Allow; None where only AWS knows."""
        return self._has_effect("Allow")

    def values(self, name: str) -> Iterator[Found]:
        """Each value of Action, Resource, …, with its own place."""
        yield from self._at(self.policy.view.walk(self.written, (name, "*"), self.path, self.found.when))

    def principals(self) -> Iterator[tuple[str, Found]]:
        """Each principal with its kind: AWS, Service, Federated, …; "" where only AWS knows."""
        view = self.policy.view
        for found in view.walk(self.written, ("Principal",), self.path, self.found.when):
            if found.is_unknown or found.is_missing:
                yield from (("", each) for each in self._at([found]))
            elif isinstance(found.value, Mapping):
                for kind, named in found.value.items():
                    each = view.walk(named, ("*",), (*found.path, kind), found.when)
                    yield from ((str(kind), one) for one in self._at(each))
            else:
                yield from (("AWS", each) for each in self._at([found]))

    def _at(self, values: Iterable[Found]) -> Iterator[Found]:
        for each in values:
            if not each.is_missing:
                yield each._replace(path=self.path) if self.in_text else each

    def _has_effect(self, effect: str) -> bool | None:
        return either(None if each.is_unknown else each.value == effect for each in self.values("Effect"))


class StatementRule(Rule):
    """A rule about the statements of some kinds of policies that allow something."""

    kinds: ClassVar[tuple[str, ...]] = (IDENTITY,)

    def judge_allow(self, statement: Statement) -> Iterator[Verdict]:
        """The verdicts on a statement, taken for granted that it allows."""
        raise NotImplementedError

    def judge(self, view: View) -> Iterator[Verdict]:
        """The verdicts on each statement, each place once."""
        yield from distinct(
            verdict for statement in every_statement(view, *self.kinds) for verdict in self._judge(statement)
        )

    def _judge(self, statement: Statement) -> Iterator[Verdict]:
        if statement.found.is_unknown:
            yield Verdict(CANNOT_TELL, statement.path, statement.found.value, self.fix)
            return
        allows = statement.allows
        if allows is not False:
            for each in self.judge_allow(statement):
                yield each if allows or each.result != FAILS else each._replace(result=CANNOT_TELL)


def every_statement(view: View, *kinds: str) -> Iterator[Statement]:
    """Each statement of the policies of some kinds."""
    limits = boundaries(view) if {IDENTITY, LIMIT} & set(kinds) else frozenset()
    for kind, places in PLACES.items():
        for type_name, document in places.items():
            for policy in view.of(type_name):
                actual = LIMIT if kind == IDENTITY and policy.logical_id in limits else kind
                if actual in kinds:
                    yield from statements_of(policy, document, actual)


def statements_of(policy: Resource, document: str, kind: str) -> Iterator[Statement]:
    """Each statement of the documents at one place of a resource."""
    view = policy.view
    for found in policy.get(document):
        for written in written_statements(view, found):
            for form in forms(view, written):
                yield Statement(policy, kind, form, written.value, isinstance(found.value, str))


def distinct(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """Verdicts without those that say the same of the same place again."""
    seen = set()
    for each in verdicts:
        key = (each.result, each.path, each.remedy)
        if key not in seen:
            seen.add(key)
            yield each


def known_text(value: Any) -> str | None:
    """A value as a text; None where parts of it are known to AWS alone."""
    text = as_text(value)
    return None if is_dynamic(text) or (is_intrinsic(value) and PLACEHOLDER.search(text)) else text


def is_like(action: str, pattern: str) -> bool:
    """Whether a pattern such as ``iam:Create*`` is true of an action; case does not matter."""
    return _matcher(pattern.lower())(action.lower()) is not None


def is_wildcard(view: View, value: Any) -> bool | None:
    """Whether a Resource is every resource, or every one of a service in any account; None where only AWS knows."""
    text = as_text(value)
    if is_dynamic(text) or (PLACEHOLDER.fullmatch(text) and is_undecided(view, text)):
        return None
    return is_everything(text)


def is_everything(text: str) -> bool:
    """Whether a text is ``*``, or an ARN that leaves open both the account and the name."""
    if not text.startswith("arn:"):
        return bool(text) and not text.strip(WILD)
    *_, account, name = arn_parts(text)
    return not account.strip(WILD) and not name.strip(WILD + "/")


def is_every_action(text: str) -> bool:
    """Whether an action is all actions of some service, or of all."""
    prefix, colon, name = text.partition(":")
    return not (name if colon else prefix).strip(WILD)


@cache
def _matcher(pattern: str) -> Any:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL).fullmatch
