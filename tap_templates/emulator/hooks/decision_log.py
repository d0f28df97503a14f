"""Write down what IAM decides: one JSON object per line.

ministack decides in ``enforce`` (identity policies, boundary, session and resource policies together) and calls
``evaluate`` within it; only there is the principal known. Requests of root never get that far.
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import Any

_principal: ContextVar[str] = ContextVar("principal_of_the_decision", default="")


def install(path: str) -> None:
    """Append every decision to ``path`` from now on."""
    from ministack.core import iam_evaluator

    enforce, evaluate = iam_evaluator.enforce, iam_evaluator.evaluate

    def noting_principal(ctx: Any, *policies: Any) -> Any:
        _principal.set(ctx.principal_arn)
        return evaluate(ctx, *policies)

    def logging_decision(
        access_key_id: str, iam_action: str, service: str, region: str, resource_arn: str = "*", **rest: Any
    ) -> Any:
        _principal.set("")
        denied = enforce(access_key_id, iam_action, service, region, resource_arn=resource_arn, **rest)
        if _principal.get():
            entry = {
                "principal_arn": _principal.get(),
                "action": iam_action,
                "resource_arn": resource_arn,
                "decision": getattr(denied, "decision", "Allow"),
            }
            with open(path, "a", encoding="utf-8") as log:
                log.write(json.dumps(entry) + "\n")
        return denied

    iam_evaluator.evaluate, iam_evaluator.enforce = noting_principal, logging_decision
