"""E9404: no statement allows something on all resources but some."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.policies import IDENTITY, RESOURCE, Statement, StatementRule
from tap_templates.checks.policy_examples import TABLE, granting
from tap_templates.checks.rule import FAILS, HOLDS, Example, Verdict


class AllowHasNoNotResource(StatementRule):
    """Judged are policies of identities and of resources.

    NotResource with Deny is sound: it denies more than Resource would. It is sound, too, in what grants nothing:
    permissions boundaries that no identity holds as a policy, policies of VPC endpoints and of organizations.
    """

    id = "E9404"
    shortdesc = "An Allow has no NotResource"
    description = "Every statement that allows something names the resources, not those that are left out."
    why = "NotResource with Allow grants on every other resource of the account, and on those that are made later."
    fix = "name what is allowed in Resource, or deny with NotResource"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html"
    kinds = (IDENTITY, RESOURCE)
    example = Example(
        failing=granting({"Effect": "Allow", "Action": "dynamodb:GetItem", "NotResource": TABLE}),
        passing=granting({"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": TABLE}),
    )

    def judge_allow(self, statement: Statement) -> Iterator[Verdict]:
        """One verdict for each statement."""
        excepted = list(statement.values("NotResource"))
        if excepted:
            place = statement.path if statement.in_text else (*statement.path, "NotResource")
            yield Verdict(FAILS, place, [found.value for found in excepted], self.fix)
        else:
            yield Verdict(HOLDS, statement.path, statement.body.get("Resource"))
