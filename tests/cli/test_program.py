"""The program around its commands: names, exit codes, and the end of a process."""

from __future__ import annotations

import click
import pytest

from tap_templates.cli import COMMANDS, main, program, run


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    """Each can be loaded and has a help text with an example of its own name."""
    for name in COMMANDS:
        assert main([name, "--help"]) == 0
        said = capsys.readouterr().out
        assert said.startswith(f"Usage: tap-templates {name}")


def test_name_of_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The nearest is named; for completion of shells there is none of the name."""
    assert main(["deply"]) == 2
    assert "no command 'deply' (did you mean deploy?)" in capsys.readouterr().err
    assert main(["--", "-x"]) == 2
    assert "No such option '-x'" in capsys.readouterr().err
    assert isinstance(program, click.Group)
    assert program.get_command(click.Context(program), "deply") is None


@pytest.mark.parametrize(("words", "code"), [(["list"], 0), (["deply"], 2), (["emulator", "status"], 1)])
def test_process_ends_with_the_code_of_its_command(
    words: list[str], code: int, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    """As scripts see it."""
    monkeypatch.chdir(str(tmp_path))
    monkeypatch.setattr("sys.argv", ["tap-templates", *words])

    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == code
