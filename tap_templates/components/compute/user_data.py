"""What an instance does when it starts: a script of bash, rendered from ``user_data.sh.j2``, short enough for EC2.

The template and what is put into it is shell. Values that only AWS knows stand between two marks while it is rendered,
so that ``${`` of the shell is never mistaken for one of ``Fn::Sub``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from troposphere import AWSHelperFn, Base64, Sub, encode_to_dict

from tap_templates.errors import PropertyError
from tap_templates.naming import role_of, worst_case_length

PATH = "LaunchTemplateData.UserData"
MOST_BYTES = 16_384  # EC2 user guide, "Run commands when you launch an EC2 instance": before it is encoded.
OPEN, CLOSE = "\ue000", "\ue001"  # Around the name of a value that AWS fills in.
MARKED = re.compile(f"{OPEN}(.*?){CLOSE}")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
PACKAGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
LOG_FILE = re.compile(r"/[A-Za-z0-9/._*-]+")
URL_PATH = re.compile(r"/[A-Za-z0-9/._~%?&=+-]*")
AGENT = "amazon-cloudwatch-agent"
BOOT_LOG = "/var/log/cloud-init-output.log"
HEALTH_EVERY_SECONDS = 5


class Health(NamedTuple):
    """Where the application answers once it can take requests, and how often it is asked."""

    port: int
    path: str
    attempts: int
    seconds: int = HEALTH_EVERY_SECONDS


class Script(NamedTuple):
    """What is put into the template of the script; ``known`` are the values that AWS fills in."""

    title: str
    packages: Sequence[str]
    variables: Mapping[str, str]
    start: str
    log_files: Sequence[str]
    health: Health | None
    known: Mapping[str, Any]

    def render(self) -> str:
        """The script, with marks around the names of what AWS fills in."""
        import jinja2  # only where there is a script

        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(os.path.dirname(__file__)),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,  # noqa: S701 - a shell script, of values that were checked
        )
        return environment.get_template("user_data.sh.j2").render(
            title=self.title,
            role=role_of(self.title),
            stack=mark("AWS::StackName"),
            region=mark("AWS::Region"),
            packages=[AGENT, *self.packages],
            agent=json.dumps(_agent(self.log_files), indent=1),
            variables=self.variables,
            start=self.start.strip("\n") or ":",
            health=self.health,
        )

    def encoded(self) -> AWSHelperFn:
        """The script as ``UserData`` takes it.

        Raises:
            PropertyError: It is too long.
        """
        rendered = self.render()
        text = MARKED.sub(r"${\1}", rendered.replace("${", "${!"))
        used = {name: self.known[name] for name in MARKED.findall(rendered) if name in self.known}
        script: AWSHelperFn = Sub(text, **used) if used else Sub(text)
        longest = worst_case_length(encode_to_dict(script)) + len(text.encode()) - len(text)
        if longest > MOST_BYTES:
            remedy = f"keep it within {MOST_BYTES}: put files into a bucket, and let start fetch them"
            raise PropertyError(self.title, PATH, found=f"up to {longest} bytes", remedy=remedy)
        encoded: AWSHelperFn = Base64(script)
        return encoded


def mark(name: str) -> str:
    """The place of a value that AWS fills in."""
    return f"{OPEN}{name}{CLOSE}"


def script(
    title: str,
    *,
    packages: Sequence[str],
    variables: Mapping[str, Any],
    start: str,
    log_files: Sequence[str],
    health: Health | None,
    known: Mapping[str, Any],
) -> Script:
    """A script, of parts that bash takes.

    Raises:
        PropertyError: Commands that do not parse, or a package, a variable, or a log file that is none.
    """
    for package in packages:
        _check(title, PACKAGE, package, "packages", "use names of packages of Amazon Linux 2023, such as nginx")
    for path in log_files:
        _check(title, LOG_FILE, path, "log_files", "use absolute paths, such as /var/log/nginx/error.log")
    if health:
        _check(title, URL_PATH, health.path, "health", "use a path without quotes and spaces, such as /health")
    _check_commands(title, start)
    written = {name: _written(title, name, value) for name, value in variables.items()}
    filled = {**known, **{_key(name): value for name, value in variables.items() if not isinstance(value, str)}}
    return Script(title, packages, written, start, log_files, health, filled)


def _key(name: str) -> str:
    """Name of a variable's value in ``Fn::Sub``, which takes no underscores."""
    return "Variable" + "".join(part.capitalize() for part in name.split("_"))


def _written(title: str, name: str, value: Any) -> str:
    """A variable's value between single quotes."""
    _check(title, VARIABLE, name, "variables", "use letters, digits and underscores, such as DATABASE_HOST")
    if not isinstance(value, str):
        return mark(_key(name))
    if "'" in value or not value.isprintable():
        remedy = "use one line without single quotes, or write it to a file in start"
        raise PropertyError(title, f"{PATH}.variables.{name}", found=value, remedy=remedy)
    return value


def _check(title: str, pattern: re.Pattern[str], text: str, path: str, remedy: str) -> None:
    if not pattern.fullmatch(text):
        raise PropertyError(title, f"{PATH}.{path}", found=text, remedy=remedy)


def _check_commands(title: str, commands: str) -> None:
    """Parses the commands with bash, where there is one; their place in the script is that of a function's body."""
    from shutil import which

    remedy = "use commands that `bash -n` takes"
    if OPEN in commands or CLOSE in commands or "\0" in commands:
        raise PropertyError(title, f"{PATH}.start", found="a character that is no text", remedy=remedy)
    bash = which("bash") if commands.strip() else None
    if bash is None:
        return
    from subprocess import run

    parsed = run([bash, "-n"], input=commands.encode(), capture_output=True, check=False)  # noqa: S603 - parsed, not run
    said = parsed.stderr.decode(errors="replace").strip()
    if said:
        raise PropertyError(title, f"{PATH}.start", found=_said(said), remedy=remedy)


def _said(text: str) -> str:
    """What bash says first, without its own name: ``line 2: syntax error near unexpected token `fi'``."""
    first = text.splitlines()[0]
    return first[found.start() :] if (found := re.search(r"line \d+:", first)) else first


def _agent(log_files: Sequence[str]) -> dict[str, Any]:
    """Configuration of the CloudWatch agent: memory, disk, and files of the log group.

    Source: CloudWatch user guide, "Manually create or edit the CloudWatch agent configuration file".
    """
    of_group = {"append_dimensions": {"AutoScalingGroupName": mark("Group")}}
    files = [
        {
            "file_path": path,
            "log_group_name": mark("Log"),
            "log_stream_name": f"{{instance_id}}{path.replace('*', '')}",
        }
        for path in (BOOT_LOG, *log_files)
    ]
    return {
        "agent": {"metrics_collection_interval": 60, "omit_hostname": True},
        "metrics": {
            "metrics_collected": {
                "mem": {"measurement": ["used_percent"], **of_group},
                "disk": {"measurement": ["used_percent"], "resources": ["/"], "drop_device": True, **of_group},
            }
        },
        "logs": {"logs_collected": {"files": {"collect_list": files}}},
    }
