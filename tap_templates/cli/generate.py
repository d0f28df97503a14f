"""``tap-templates generate``: templates, their upload sheets and contracts, all of them or none."""

from __future__ import annotations

import os
from typing import NamedTuple

import click

from tap_templates.blueprints import BLUEPRINTS, build
from tap_templates.errors import UsageError
from tap_templates.settings import Settings
from tap_templates.stack import Stack, limits, to_json

DEFAULT_BLUEPRINT = next(iter(BLUEPRINTS))


class Generated(NamedTuple):
    """One template, ready to be written."""

    name: str
    stack: Stack
    text: str


@click.command("generate")
@click.argument("blueprint", default=DEFAULT_BLUEPRINT)
@click.option("-c", "--config", metavar="FILE", help="Settings file (tap.yaml); what it leaves out is asked at upload.")
@click.option(
    "-e", "--environment", "chosen", metavar="ENV", multiple=True, help="Environment of the file; again for more."
)
@click.option("-o", "--output", metavar="PATH", default="-", help="File, folder (one file each), or - for stdout.")
@click.option("--compact", is_flag=True, help="Leave white space out of the JSON.")
@click.option("--sheet/--no-sheet", default=True, help="Write the upload sheet (NAME.md) beside the template.")
@click.option("--contract/--no-contract", default=True,
              help="Write the contract of its outputs (NAME.outputs.json) beside the template.")  # fmt: skip
def command(
    blueprint: str,
    config: str | None,
    chosen: tuple[str, ...],
    output: str,
    compact: bool,
    sheet: bool,
    contract: bool,
) -> None:
    """Generate a blueprint's template as one JSON file.

    Without a settings file the template asks its uploader for everything. With environments in the file and no -e,
    one template for each is written.

    \b
    tap-templates generate secure-enterprise -o t.json
    tap-templates generate secure-enterprise -c tap.yaml -e dev -e prod -o templates/
    tap-templates generate secure-enterprise --compact | wc -c
    """
    generated = []
    for environment, settings in _every_settings(config, chosen):
        stack = build(blueprint, settings)
        name = f"{blueprint}-{environment}" if environment else blueprint
        generated.append(Generated(name, stack, stack.to_json(compact=compact)))
    if output == "-":
        _to_stdout(generated)
    else:
        _to_files(generated, output, sheet=sheet, contract=contract)


def _every_settings(config: str | None, chosen: tuple[str, ...]) -> list[tuple[str | None, Settings]]:
    if config is None:
        if chosen:
            raise UsageError(
                "--environment", found=chosen[0], remedy="name the settings file that describes it: -c FILE"
            )
        return [(None, Settings())]
    from tap_templates.settings.file import environments, load  # PyYAML and pydantic: only for a file

    names = list(dict.fromkeys(chosen)) or environments(config)
    if not names:
        return [(None, load(config))]
    return [(name, load(config, name)) for name in names]


def _to_stdout(generated: list[Generated]) -> None:
    if len(generated) > 1:
        names = ", ".join(each.name for each in generated)
        remedy = "name a folder with -o, or one environment with -e"
        raise UsageError("--output", found=f"stdout for {len(generated)} templates ({names})", remedy=remedy)
    click.echo(generated[0].text, nl=False)
    for title, archive in generated[0].stack.assets.items():
        click.echo(f"{title}: its code ({archive.because}) is not in the template; write to a file with -o", err=True)


def _to_files(generated: list[Generated], output: str, *, sheet: bool, contract: bool) -> None:
    from tap_templates.report.files import write_whole

    folder = output.endswith(("/", os.sep)) or os.path.isdir(output)
    if not folder and len(generated) > 1:
        remedy = f"name a folder: {output}/"
        raise UsageError("--output", found=f"one file for {len(generated)} templates", remedy=remedy)
    contents: dict[str, str | bytes] = {}
    for each in generated:
        path = os.path.join(output, f"{each.name}.json") if folder else output
        stem = os.path.splitext(path)[0]
        for archive in each.stack.assets.values():
            contents[os.path.join(os.path.dirname(path), *archive.key.split("/"))] = archive.data
        contents[path] = each.text
        if contract:
            from tap_templates.contracts.writing import SUFFIX, contract_text

            contents[f"{stem}{SUFFIX}"] = contract_text(os.path.basename(stem), each.stack.to_dict())
        if sheet:
            from tap_templates.report.sheet import upload_sheet

            contents[f"{stem}.md"] = upload_sheet(os.path.basename(stem), each.stack)
    for path, content in contents.items():
        write_whole(path, content)
    for path in contents:
        click.echo(f"wrote {path}", err=True)
    for each in generated:
        encoded = each.stack.to_dict()
        counts = f"{len(encoded['Resources'])} resources, {len(encoded.get('Outputs', {}))} outputs"
        click.echo(f"{each.name}: {counts}, {limits.size_note(to_json(encoded, compact=True))}", err=True)
        for title, archive in each.stack.assets.items():
            said = f"code of {title} is not in the template ({archive.because}): upload {archive.key}, or let deploy"
            click.echo(f"{each.name}: {said}", err=True)
