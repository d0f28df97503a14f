"""What the embedded AWS decided about each request: who, what, on which resource, allowed or not.

The launcher appends one JSON object per decision to a file; here it is read back. Requests of the account's
root user are not decided, so they are not in it. One request may be decided more than once: compare sets.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Decision:
    """One decision of IAM; ``decision`` is ``Allow``, ``Deny`` (explicit) or ``ImplicitDeny``."""

    principal_arn: str
    action: str
    resource_arn: str
    decision: str

    @property
    def allowed(self) -> bool:
        """True when the request went through."""
        return self.decision == "Allow"

    @property
    def role(self) -> str:
        """The role's name when the principal is an assumed role, else the empty string."""
        kind, _, rest = self.principal_arn.rpartition(":")[2].partition("/")
        return rest.partition("/")[0] if kind == "assumed-role" else ""


def read_decisions(path: Path) -> list[Decision]:
    """Every decision in the file, in order; an absent file holds none, an unfinished last line is left for later."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    return [Decision(**json.loads(line)) for line in whole.splitlines()]
