"""Tests of templates and of deployed stacks that never lie.

A test passes only when it has checked something. What keeps it from checking (no credentials, a throttled or
unreachable AWS) is told apart from what is wrong with the stack, and a run in which nothing was checked is not green.

Without an account: assertions over a template, and the concrete template for given parameters::

    from tap_templates.testing import Template, resolve

    def test_prod_keeps_its_logs_for_two_years():
        template = Template("templates/secure-enterprise.json").resolve(
            {"Project": "pay", "Environment": "prod", "Owner": "team", "CostCenter": "CC-1", "LogRetentionDays": 731}
        )
        template.all_of_type("AWS::Logs::LogGroup", {"RetentionInDays": 731})

``tap_templates.testing.assertions`` has the matchers. ``--condition-coverage=TEMPLATE`` reports which Conditions and
AllowedValues the tests have seen, and ``--condition-fail-under=PERCENT`` makes too little a failure.

With a deployed stack: pytest finds the plugin when ``tap_templates[testing]`` is installed::

    def test_documents_refuse_plain_http(aws, stack_outputs):
        policy = aws("s3").get_bucket_policy(Bucket=stack_outputs["DataBucketName"])["Policy"]
        assert "aws:SecureTransport" in policy

    def test_job_is_done(aws, stack_outputs, eventually):
        aws("sqs").send_message(QueueUrl=stack_outputs["JobsUrl"], MessageBody="one")
        assert eventually(lambda: report_of("one"), within_seconds=60)

Fixtures:

- ``stack_outputs``: flat mapping, from ``--stack-outputs=PATH``, the stack deployed for this run, or
  ``cfn-outputs/flat-outputs.json``. No file: the tests are skipped with the command that makes it; with
  ``--require-stack`` they fail. A file that is half-written or not flat: they fail.
  ``--stack-contract=NAME.outputs.json``, which ``generate`` writes beside the template, says which outputs there have
  to be and what each looks like; no test runs on others.
- ``aws``: clients with time-outs and bounded retries, in the region that the outputs name, at ``AWS_ENDPOINT_URL`` or
  the embedded AWS when the stack is there. A test that swallows their errors does not pass on it.
- ``deployed_stack``: deploys ``--stack-template=FILE`` (``--stack-parameter=KEY=VALUE``), or what the project's own
  fixtures ``stack_template`` and ``stack_parameters`` give, once for all workers, into an embedded AWS or, with
  ``--deploy-into=account``, into the account; deleted at the end. ``stack_outputs`` and ``aws`` are then of that stack.
- ``eventually``: polls until something is true, and says what was seen last when it is not.

Verdicts (the table, with its sources, is ``tap_templates/data/aws_errors.json``):

============================================  ======================================================
no credentials, expired credentials           skipped; failed with ``--require-stack``
throttled, timed out, endpoint unreachable,   tried again, then *infrastructure*
AWS failed inside
access denied                                 failed; with ``@pytest.mark.denied_is_infrastructure``
                                              infrastructure
not found, wrong region, unusable keys        failed
``--test-budget``, ``--suite-budget`` spent   infrastructure in a call of AWS, else failed
============================================  ======================================================

Infrastructure is red too, but counted apart: in the summary line and in the JUnit properties ``tap-templates.verdict``,
``.kind`` and ``.reason``. Clients of one's own are judged when the test carries ``@pytest.mark.tap_templates``.
``--allow-empty`` accepts a run in which nothing was checked (else exit status 5).

The plugin is inert in a run that gives none of its options and selects no test with its fixtures or marks. Write paths
with ``=``: to find its root folder, pytest takes a path that follows a blank for one of a test.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tap_templates.testing.assertions import Template
    from tap_templates.testing.polling import eventually
    from tap_templates.testing.resolution import conditions, resolve

__all__ = ["Template", "conditions", "eventually", "resolve"]

_HOMES = {
    "Template": "assertions",
    "conditions": "resolution",
    "eventually": "polling",
    "resolve": "resolution",
}


def __getattr__(name: str) -> Any:
    """Public names are imported when they are first used: pytest imports this package in every run."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
