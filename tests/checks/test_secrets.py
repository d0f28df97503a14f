"""What looks like a secret, and what only sounds like one."""

from __future__ import annotations

import pytest

from tap_templates.checks.secrets import assigned_secret, is_plain_secret, is_secret_name, secret_form


@pytest.mark.parametrize(
    "name",
    [
        *("DB_PASSWORD", "dbPasswd", "PGPASSWORD", "MasterUserPassword", "PASS", "PWD", "PASSPHRASE"),
        *("API_KEY", "apiKey", "APIKEY", "AWS_SECRET_ACCESS_KEY", "SSH_KEY", "SIGNING_KEYS", "KEY", "SECRET_KEY_BASE"),
        *("SECRET", "clientSecret", "SESSION_TOKEN", "token", "CREDENTIALS", "TOKEN2"),
    ],
)
def test_name_of_a_secret(name: str) -> None:
    """In any spelling."""
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("SECRET_ARN", "SECRET_PREFIX", "SecretName", "TOKEN_URL", "PASSWORD_MIN_LENGTH", "KeyId", "KMS_KEY_ARN"),
        *("MAX_KEY_AGE", "PARTITION_KEY", "KEY_NAME", "KEYS_TABLE", "MONKEY", "TOKENIZER", "MAX_TOKENS", "COMPASS"),
        *("GROUP_NAMES", "USER_PATH", "", "___", "PASSWORD_ROTATION_DAYS", "ACCESS_KEY_ID"),
    ],
)
def test_name_of_something_else(name: str) -> None:
    """What is said about a secret, or only contains the letters."""
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("key is AKIA" + "IOSFODNN7EXAMPLE.", "an access key of AWS"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----\nMII", "a private key"),
        ("-----BEGIN " + "PRIVATE KEY-----", "a private key"),
        ("ghp" + "_" + "a1" * 18, "a token of GitHub"),
        ("glpat" + "-" + "a1" * 10, "a token of GitLab"),
        ("xoxb" + "-123456789012-abcdef", "a token of Slack"),
        ("sk" + "_live_" + "a1" * 12, "a key of Stripe"),
        ("AIza" + "a1" * 17 + "b", "a key of Google"),
        ("eyJ" + "hbGciOiJI.eyJ" + "zdWIiOiIx.c2lnbmF0dXJl", "a JSON web token"),
        ("redis://:hunter2@cache:6379", "a password in a URL"),
        ("wJalrXUtnFEMI/K7MDENG" + "/bPxRfiCYEXAMPLEKEY", "a random text"),
    ],
)
def test_form_of_a_secret(text: str, what: str) -> None:
    """Whatever the name of what holds it."""
    assert secret_form(text) == what


@pytest.mark.parametrize(
    "text",
    [
        *("dev", "", "payments-prod-data-0a1b2c3d", "https://example.com:8080/a@b", "https://user@example.com/x"),
        *("arn:aws:iam::123456789012:role/Deployer", "6f1ed002ab5595859014ebf0951522d9aaaabbbb", "a" * 64),
        *("MyLongCamelCaseFunctionName2ForProduction", "postgres://app:${Password}@db/orders", "Aa1" * 12),
        *("EU-WEST-1-Payments-Production-Cluster-2026", "0a1b2c3d-1111-2222-3333-444455556666"),
    ],
)
def test_form_of_something_else(text: str) -> None:
    """Names, addresses, digests, references."""
    assert secret_form(text) is None


@pytest.mark.parametrize("value", ["hunter2", "correct horse", "123456", "abcdef=="])
def test_plain_secret(value: str) -> None:
    """Anything that could be one."""
    assert is_plain_secret(value)


@pytest.mark.parametrize(
    "value", ["", "x", " ", "true", "None", "300", "1.5", "arn:aws:x", "/pay/x", "$X", "{{x}}", "https://example.com"]
)
def test_no_plain_secret(value: str) -> None:
    """Switches, numbers, places."""
    assert not is_plain_secret(value)


@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("export DB_PASSWORD=hunter22", "DB_PASSWORD"),
        ('{"api_key": "abcdef"}', "api_key"),
        ("mysql --user=app --password='hunter22'", "password"),
        ("export DB_PASSWORD=$(fetch)", None),
        ("export DB_PASSWORD=${Password}", None),
        ("SECRET_ARN=arn:aws:secretsmanager:x", None),
        ("STAGE=prod", None),
    ],
)
def test_secret_that_a_script_assigns(script: str, name: str | None) -> None:
    """To a plain value; commands and references are none."""
    assert assigned_secret(script) == name
