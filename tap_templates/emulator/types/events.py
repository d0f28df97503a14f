"""EventBridge: the key of a bus, which ministack's handler drops, and archives, which it refuses."""

from __future__ import annotations

from tap_templates.emulator.types._registry import Made, Properties, Repair, Type, aws, generated_name

CHANGEABLE = ("Description", "EventPattern", "RetentionDays")


def _create(logical_id: str, props: Properties, stack_name: str) -> Made:
    name = props.get("ArchiveName") or generated_name(stack_name, logical_id, maximum=48)
    made = aws("events").create_archive(ArchiveName=name, EventSourceArn=props["SourceArn"], **_said(props))
    return name, {"Arn": made["ArchiveArn"]}


def _update(name: str, old: Properties, new: Properties) -> dict[str, str]:
    made = aws("events").update_archive(ArchiveName=name, **_said(new))
    return {"Arn": made["ArchiveArn"]}


def _delete(name: str, props: Properties) -> None:
    aws("events").delete_archive(ArchiveName=name)


def _said(props: Properties) -> Properties:
    said = {key: props[key] for key in CHANGEABLE if key in props}
    if "RetentionDays" in said:
        said["RetentionDays"] = int(said["RetentionDays"])
    return said


def _complete_bus(name: str, old: Properties, new: Properties) -> None:
    """UpdateEventBus takes away what it is not told, but a key only where it is told none."""
    said = {key: new[key] for key in ("DeadLetterConfig", "Description") if key in new}
    aws("events").update_event_bus(Name=name, KmsKeyIdentifier=new.get("KmsKeyIdentifier", ""), **said)


ENTRIES = (
    Type("AWS::Events::Archive", _create, _update, _delete, ("ArchiveName", "SourceArn")),
    Repair("AWS::Events::EventBus", _complete_bus),
)
