"""What looks like a secret: by the name of what holds it, or by its form."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

from tap_templates.checks.values import DYNAMIC

MASK = "*" * 8
SECRET_WORDS = {"credential", "credentials", "passwords", "pwd", "secret", "secrets", "token"}
SECRET_ENDS = ("apikey", "passphrase", "passwd", "password", "secretkey")  # PGPASSWORD
KEYS = {
    "access", "account", "api", "auth", "encryption", "license", "master", "private", "secret", "service", "signing",
    "ssh",
}  # fmt: skip
# What is said about a secret and is none: where it is, how it is named, how old it may grow.
ABOUT = {
    "age", "algorithm", "alias", "arn", "arns", "audience", "bucket", "count", "days", "enabled", "endpoint", "expiry",
    "field", "file", "format", "header", "hours", "id", "ids", "issuer", "label", "length", "limit", "limits", "max",
    "min", "minutes", "name", "names", "parameter", "path", "pattern", "policy", "prefix", "provider", "ref", "region",
    "required", "role", "rotation", "seconds", "size", "source", "stage", "store", "suffix", "table", "ttl", "type",
    "uri", "url", "version",
}  # fmt: skip
FORMS = {
    "an access key of AWS": r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b",
    "a private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})",
    "a token of GitLab": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a token of Slack": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "a key of Stripe": r"\b[rs]k_live_[A-Za-z0-9]{16,}",
    "a key of Google": r"\bAIza[A-Za-z0-9_-]{35}",
    "a JSON web token": r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    "a password in a URL": r"\b[a-z][a-z0-9+.-]*://[^\s/:@$]*:[^\s/@${}]+@",
}
ASSIGNMENT = re.compile(r"""([A-Za-z][A-Za-z0-9_-]*)["']?\s*[:=]\s*["']?([^\s"'$`(){}<>\\;,&|]{4,})""")
RANDOM = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])[A-Za-z0-9+/_=-]{32,}")
ENTROPY = 4.0  # Bits for each character; 32 random ones of 64 have about 4.6.
WORDS = 0.25  # Share of letters in words, as runs of four small ones: a tenth of a random text, half of a name.


def is_secret_name(name: str) -> bool:
    """Whether a variable or parameter of this name holds a secret: ``DB_PASSWORD``, ``apiKey``; not ``SECRET_ARN``."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name)]
    if not words or words[-1] in ABOUT:
        return False
    if words in (["key"], ["pass"]):
        return True
    if any(word in SECRET_WORDS or word.endswith(SECRET_ENDS) for word in words):
        return True
    return any(one in KEYS and other in ("key", "keys") for one, other in pairwise(words))


def secret_form(text: str) -> str | None:
    """What a text holds that is a secret by its form: ``an access key of AWS``; None where it holds none."""
    for what, pattern in FORMS.items():
        if re.search(pattern, text):
            return what
    return "a random text" if _is_random(text.strip()) else None


def assigned_secret(text: str) -> str | None:
    """The first variable with the name of a secret that a script sets to a plain value; None where there is none."""
    for name, value in ASSIGNMENT.findall(text):
        if is_secret_name(name) and is_plain_secret(value):
            return str(name)
    return None


def is_plain_secret(value: str) -> bool:
    """Whether a text under the name of a secret is one: not empty, no switch or number, no reference."""
    word = value.strip()
    return not (
        len(word) < 2
        or word.lower() in ("true", "false", "none", "null", "disabled", "enabled")
        or re.fullmatch(r"[0-9.]{1,5}", word)
        or word.startswith(("arn:", "/", DYNAMIC, "{{", "$", "http://", "https://"))
    )


def _is_random(text: str) -> bool:
    if not RANDOM.fullmatch(text):
        return False
    counts = Counter(text).values()
    entropy = -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
    in_words = sum(len(word) for word in re.findall("[a-z]{4,}", text))
    return entropy >= ENTROPY and in_words / len(text) < WORDS
