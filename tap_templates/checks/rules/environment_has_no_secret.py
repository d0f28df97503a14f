"""E9803: no secret stands in an environment variable or in a start-up script."""

from __future__ import annotations

from collections.abc import Iterator

from tap_templates.checks.environment import Variable, scripts, variables
from tap_templates.checks.functions import example
from tap_templates.checks.rule import FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.secrets import MASK, assigned_secret, is_plain_secret, is_secret_name, secret_form
from tap_templates.checks.values import as_text, is_dynamic
from tap_templates.checks.view import Found, View, is_intrinsic


class EnvironmentHasNoSecret(Rule):
    """Values that are written out: under the name of a secret, or in the form of one. The value is not repeated.

    Not a secret are references, among them those to a secret's ARN, and dynamic references.
    """

    id = "E9803"
    shortdesc = "An environment has no secret"
    description = "No environment variable and no user data of a program holds a password, token or key in plain text."
    why = "Whoever can read the template, the stack or the function's configuration reads the secret."
    fix = "keep it in Secrets Manager, hand over its ARN, and let the program read it"
    source_url = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html"
    example = Example(
        failing=example(Environment={"Variables": {"DB_PASSWORD": "correct-horse"}}),
        passing=example(Environment={"Variables": {"DB_PASSWORD_ARN": {"Fn::ImportValue": "database-password"}}}),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each variable and each script."""
        for variable in variables(view):
            yield self._verdict(variable.found, _reason(variable))
        for found, text in scripts(view):
            name = assigned_secret(text)
            yield self._verdict(found, f"a value for {name}" if name else secret_form(text))

    def _verdict(self, found: Found, reason: str | None) -> Verdict:
        if reason is None:
            return Verdict(HOLDS, found.path, MASK)
        return Verdict(FAILS, found.path, MASK, f"{reason} in plain text: {self.fix}")


def _reason(variable: Variable) -> str | None:
    """What a variable's value is that it should not be."""
    value = variable.found.value
    text = as_text(value)
    if is_dynamic(text):
        return None
    if is_secret_name(variable.name) and not is_intrinsic(value) and is_plain_secret(text):
        return f"a value for {variable.name}"
    return secret_form(text)
