"""E9805: no password, token or private key is written out where a resource takes one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tap_templates.checks.rule import FAILS, HOLDS, Example, Rule, Verdict
from tap_templates.checks.secrets import MASK
from tap_templates.checks.values import DYNAMIC, as_text
from tap_templates.checks.view import PLACEHOLDER, View
from tap_templates.data.secret_properties import secret_properties

HIDDEN = (f"{DYNAMIC}secretsmanager:", f"{DYNAMIC}ssm-secure:")


def _database(password: Any) -> dict[str, Any]:
    properties = {
        "Engine": "postgres",
        "DBInstanceClass": "db.t4g.micro",
        "AllocatedStorage": "20",
        "MasterUsername": "owner",
        "MasterUserPassword": password,
    }
    return {"Resources": {"Orders": {"Type": "AWS::RDS::DBInstance", "Properties": properties}}}


class SecretPropertyIsNotLiteral(Rule):
    """A dynamic reference to Secrets Manager or a SecureString, or the answer to a parameter (see E9804).

    A plain reference to Parameter Store is as good as text: what it names is not encrypted. The value is not repeated.
    """

    id = "E9805"
    shortdesc = "A secret property is not literal"
    description = "MasterUserPassword, SecretString, AuthToken and their like are never written out in the template."
    why = "A template is in version control, in the console and in every copy of it; what stands in it is no secret."
    fix = "let AWS make it (ManageMasterUserPassword, GenerateSecretString), or use {{resolve:secretsmanager:...}}"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html"
    example = Example(
        failing=_database("correct-horse"),
        passing=_database("{{resolve:secretsmanager:database:SecretString:password}}"),
    )

    def judge(self, view: View) -> Iterator[Verdict]:
        """Each such property that is given."""
        for type_name, properties in secret_properties().items():
            for resource in view.of(type_name):
                for path in properties:
                    for found in resource.get(path):
                        if not (found.is_missing or found.value == ""):
                            result = HOLDS if _is_hidden(as_text(found.value)) else FAILS
                            yield Verdict(result, found.path, MASK, f"a secret in plain text: {self.fix}")


def _is_hidden(text: str) -> bool:
    """Whether a text of ``as_text`` takes its secret from elsewhere."""
    if DYNAMIC in text:
        return any(form in text for form in HIDDEN)
    return PLACEHOLDER.search(text) is not None
