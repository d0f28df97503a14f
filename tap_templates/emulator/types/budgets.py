"""Budgets: cost limits with their notifications, which ministack's CloudFormation refuses."""

from __future__ import annotations

from typing import Any

from tap_templates.emulator.types._registry import Made, Properties, Type, account_id, aws, generated_name


def _said(props: Properties, name: str) -> dict[str, Any]:
    """The budget in the API's words: amounts are text."""
    budget = {**props["Budget"], "BudgetName": name}
    if "BudgetLimit" in budget:
        limit = budget["BudgetLimit"]
        budget["BudgetLimit"] = {"Amount": str(limit["Amount"]), "Unit": limit["Unit"]}
    return budget


def _notifications(props: Properties) -> list[dict[str, Any]]:
    return [
        {
            "Notification": {**said["Notification"], "Threshold": float(said["Notification"]["Threshold"])},
            "Subscribers": said["Subscribers"],
        }
        for said in props.get("NotificationsWithSubscribers") or []
    ]


def _create(logical_id: str, props: Properties, stack_name: str) -> Made:
    name = props["Budget"].get("BudgetName") or generated_name(stack_name, logical_id, maximum=100)
    aws("budgets").create_budget(
        AccountId=account_id(), Budget=_said(props, name), NotificationsWithSubscribers=_notifications(props)
    )
    return name, {}


def _update(name: str, old: Properties, new: Properties) -> dict[str, str]:
    aws("budgets").update_budget(AccountId=account_id(), NewBudget=_said(new, name))
    return {}


def _delete(name: str, props: Properties) -> None:
    aws("budgets").delete_budget(AccountId=account_id(), BudgetName=name)


ENTRIES = (Type("AWS::Budgets::Budget", _create, _update, _delete, ("NotificationsWithSubscribers",)),)
