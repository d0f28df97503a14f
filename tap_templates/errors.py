"""What goes wrong, said the same way everywhere: where, what was found, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class TapTemplatesError(Exception):
    """An input that cannot be accepted or a step that could not be done; never shown as a traceback.

    ``where`` is a file and line, a dotted path or a logical id; ``remedy`` is an instruction.
    """

    exit_code = 2

    def __init__(self, where: str, *, found: object, remedy: str) -> None:
        super().__init__(f"{where}: found {found!r}; {remedy}")
        self.where, self.found, self.remedy = where, found, remedy


class SettingsError(TapTemplatesError):
    """A settings file that cannot be accepted; ``problems`` holds every fault of the file, one line each."""

    def __init__(self, where: str, *, problems: Sequence[str], remedy: str) -> None:
        super().__init__(where, found=f"{len(problems)} problem(s)", remedy=remedy)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(self.problems)


class NamingError(TapTemplatesError):
    """A name that the convention cannot form within the limits of its AWS type."""


class TaggingError(TapTemplatesError):
    """Tags outside AWS's limits."""


class PolicyError(TapTemplatesError):
    """A policy statement that grants more than is needed, or nothing at all."""


class StackError(TapTemplatesError):
    """A template that CloudFormation would refuse."""


class PropertyError(StackError):
    """A property value that cannot be accepted; ``path`` is dotted, as in the template."""

    def __init__(self, logical_id: str, path: str, *, found: object, remedy: str) -> None:
        super().__init__(f"{logical_id}.{path}", found=found, remedy=remedy)
        self.logical_id, self.path = logical_id, path


class UsageError(TapTemplatesError):
    """A call or a command line that cannot be carried out as it stands."""


class MissingExtraError(TapTemplatesError):
    """A feature whose optional dependencies are not installed."""

    def __init__(self, feature: str, *, extra: str, missing: str) -> None:
        super().__init__(
            feature,
            found=f"no module {missing!r}",
            remedy=f"install the extra: pip install 'tap_templates[{extra}]'",
        )
        self.extra, self.missing = extra, missing


class DeploymentError(TapTemplatesError):
    """AWS refused or failed; the input was well formed."""

    exit_code = 1


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that ``word`` was most likely meant to be, whatever its case; None when none is close."""
    from difflib import get_close_matches  # only when something is wrong

    by_plain = {plain(candidate): candidate for candidate in known}
    close = get_close_matches(plain(word), by_plain, n=1, cutoff=0.6)
    return by_plain[close[0]] if close else None


def plain(word: str) -> str:
    """``word`` without case and punctuation, for comparing what people type."""
    return "".join(letter for letter in word.lower() if letter.isalnum())


def did_you_mean(word: object, known: Iterable[str]) -> str:
    """`` (did you mean X?)``, or nothing when no known word is close."""
    close = nearest(str(word), known)
    return f" (did you mean {close}?)" if close else ""
