"""E9405: a role is assumed by those alone that it is meant for."""

from __future__ import annotations

from collections.abc import Iterator, Set

from tap_templates.checks.closing import is_closed
from tap_templates.checks.policies import TRUST, Statement, StatementRule
from tap_templates.checks.policy_examples import role
from tap_templates.checks.resource_policies import comparisons
from tap_templates.checks.rule import CANNOT_TELL, HOLDS, Example, Verdict, verdict
from tap_templates.checks.trust import ORGANIZATION, is_own_account
from tap_templates.checks.values import as_text
from tap_templates.checks.view import Found
from tap_templates.data.service_trust import service_trust

SOURCES = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"})
# IAM user guide, "Access to AWS accounts owned by third parties" and "AWS global condition context keys".
OF_STRANGERS = frozenset({"sts:externalid", *ORGANIZATION})
GITHUB = "token.actions.githubusercontent.com"
TOKEN_CLAIMS = (":sub", ":aud")  # IAM user guide, keys available for OIDC and SAML federation.


class TrustIsClosed(StatementRule):
    """Judged is each principal of each statement that allows, in the trust policy of each role.

    A principal of this account holds. One of another account needs an external id or an organization, everyone needs
    an organization. A service needs the account or the resource that it acts for, where AWS says that it gives them; a
    federated identity needs a claim of its token, of GitHub's the subject.
    """

    id = "E9405"
    shortdesc = "A role's trust is closed"
    description = "Services name whom they act for, other accounts an external id, federated identities a claim."
    why = "Without it, a service can be made to use the role for a stranger: the confused deputy."
    fix = "close the statement with a condition"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"
    kinds = (TRUST,)
    example = Example(
        failing=role({"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}),
        passing=role(),
    )

    def judge_allow(self, statement: Statement) -> Iterator[Verdict]:
        """One verdict for each principal."""
        for kind, found in statement.principals():
            if kind == "AWS":
                yield self._of_account(statement, found)
            elif kind == "Service":
                yield self._of_service(statement, found)
            elif kind == "Federated":
                yield self._of_token(statement, found)
            elif kind == "":
                yield Verdict(CANNOT_TELL, found.path, found.value, self.fix)
            else:
                yield Verdict(HOLDS, found.path, found.value)

    def _of_account(self, statement: Statement, found: Found) -> Verdict:
        if found.value == "*":
            remedy = "name the accounts, or close the statement with aws:PrincipalOrgID"
            return self._closed(statement, found, ORGANIZATION, remedy)
        own = is_own_account(statement.policy.view, found.value)
        if own:
            return Verdict(HOLDS, found.path, found.value)
        closed = self._closed(statement, found, OF_STRANGERS, "close the statement with sts:ExternalId")
        return closed if own is False or closed.result == HOLDS else closed._replace(result=CANNOT_TELL)

    def _of_service(self, statement: Statement, found: Found) -> Verdict:
        name = as_text(found.value)
        known = service_trust(name)
        if known is not None and not known.conditions:
            return Verdict(HOLDS, found.path, found.value)
        keys = "aws:SourceAccount or aws:SourceArn"
        closed = self._closed(statement, found, SOURCES, f"close the statement with {keys}")
        if known is not None or closed.result == HOLDS:
            return closed
        remedy = f"close the statement with {keys}, if AWS's guide says that {name} gives them"
        return closed._replace(result=CANNOT_TELL, remedy=remedy)

    def _of_token(self, statement: Statement, found: Found) -> Verdict:
        claims = TOKEN_CLAIMS[:1] if GITHUB in as_text(found.value) else TOKEN_CLAIMS
        compared = comparisons(statement.body)
        keys = frozenset(test.key for test in compared or () if test.key.endswith(claims))
        return self._closed(statement, found, keys, f"compare a claim of the token ({' or '.join(claims)})")

    def _closed(self, statement: Statement, found: Found, by: Set[str], remedy: str) -> Verdict:
        return verdict(found, is_closed(statement.policy.view, statement.body, by=by), remedy)
