"""E9401: no policy of an identity allows every action, or every action of a service."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.policies import Statement, StatementRule, is_every_action, known_text
from tap_templates.checks.policy_examples import TABLE, granting
from tap_templates.checks.rule import Example, Verdict, verdict


class PolicyNamesItsActions(StatementRule):
    """``*`` and ``service:*`` are violations, whatever resources they are limited to; ``s3:Get*`` is not.

    Exempt are statements that deny, where a wildcard only makes them stricter, and what grants nothing: permissions
    boundaries that no identity holds as a policy, policies of VPC endpoints and of organizations. What those let
    through has to be granted by a policy that is judged here.
    """

    id = "E9401"
    shortdesc = "A policy names its actions"
    description = "No Allow in a policy of a role, user, group or permission set has * or service:* among its actions."
    why = "Such a grant includes administration, deletion, and every action that AWS adds to the service later."
    fix = "name the actions that are needed"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
    example = Example(
        failing=granting({"Effect": "Allow", "Action": "dynamodb:*", "Resource": TABLE}),
        passing=granting({"Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"], "Resource": TABLE}),
    )

    def judge_allow(self, statement: Statement) -> Iterator[Verdict]:
        """One verdict for each action."""
        for found in statement.values("Action"):
            text = known_text(found.value)
            yield verdict(found, None if text is None else not is_every_action(text), self.fix)
