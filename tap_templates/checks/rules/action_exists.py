"""E9410: every action that a policy names is one that AWS has."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.policies import IDENTITY, LIMIT, RESOURCE, TRUST, distinct, every_statement, known_text
from tap_templates.checks.policy_examples import TABLE, granting
from tap_templates.checks.rule import CANNOT_TELL, Example, Rule, Verdict, verdict
from tap_templates.checks.view import View
from tap_templates.data.actions import correction, exists


class ActionExists(Rule):
    """Action and NotAction of every statement of every policy, allowed or denied; a pattern has to be like one."""

    id = "E9410"
    shortdesc = "An action exists"
    description = "Actions in policies are spelled as AWS's own data has them; case does not matter to AWS."
    why = "IAM takes a misspelled action without a word: the grant is missing, or worse, the denial denies nothing."
    fix = "use an action that IAM has"
    source_url = "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"
    example = Example(
        failing=granting({"Effect": "Allow", "Action": "dynamodb:GetItems", "Resource": TABLE}),
        passing=granting({"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:Batch*"], "Resource": TABLE}),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """One verdict for each action."""
        yield from distinct(self._verdicts(view))

    def _verdicts(self, view: View) -> Iterator[Verdict]:
        for statement in every_statement(view, IDENTITY, LIMIT, TRUST, RESOURCE):
            if statement.found.is_unknown:
                yield Verdict(CANNOT_TELL, statement.path, statement.found.value, self.fix)
            for name in ("Action", "NotAction"):
                for found in statement.values(name):
                    text = known_text(found.value)
                    known = None if text is None else text.strip("*") == "" or exists(text)
                    yield verdict(found, known, self.fix if known is not False else correction(str(text)))
