"""E9403: no statement allows all actions but some."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.policies import IDENTITY, RESOURCE, TRUST, Statement, StatementRule
from tap_templates.checks.policy_examples import TABLE, granting
from tap_templates.checks.rule import FAILS, HOLDS, Example, Verdict


class AllowHasNoNotAction(StatementRule):
    """Judged are policies of identities and of resources, and trust policies.

    NotAction with Deny is sound: it denies more than Action would. So it is in what grants nothing: permissions
    boundaries that no identity holds as a policy, policies of VPC endpoints and of organizations.
    """

    id = "E9403"
    shortdesc = "An Allow has no NotAction"
    description = "Every statement that allows something names the actions, not those that are left out."
    why = "NotAction with Allow grants every other action of every service, and those that AWS adds later."
    fix = "name what is allowed in Action, or deny with NotAction"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html"
    kinds = (IDENTITY, TRUST, RESOURCE)
    example = Example(
        failing=granting({"Effect": "Allow", "NotAction": "iam:*", "Resource": TABLE}),
        passing=granting({"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}),
    )

    def judge_allow(self, statement: Statement) -> Iterator[Verdict]:
        """One verdict for each statement."""
        excepted = list(statement.values("NotAction"))
        if excepted:
            place = statement.path if statement.in_text else (*statement.path, "NotAction")
            yield Verdict(FAILS, place, [found.value for found in excepted], self.fix)
        else:
            yield Verdict(HOLDS, statement.path, statement.body.get("Action"))
