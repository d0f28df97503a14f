"""Smoke test of the installed package, run from outside the source tree with nothing but its own dependencies."""

import json
import pathlib
import subprocess
import sys
import sysconfig

import tap_templates

SOURCE_TREE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = str(pathlib.Path(sysconfig.get_path("scripts")) / "tap-templates")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One call of the installed program."""
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)


def main() -> None:
    """Every truth below is one that a stranger relies on after `pip install`."""
    home = pathlib.Path(tap_templates.__file__).parent
    assert SOURCE_TREE not in home.parents or ".tox" in home.parts, f"imported from the source tree: {home}"
    assert (home / "py.typed").exists(), "type information is not in the wheel"

    listed = run("list")
    assert listed.returncode == 0, listed.stderr
    assert "secure-enterprise" in listed.stdout

    generated = run("generate", "secure-enterprise")
    assert generated.returncode == 0, generated.stderr
    assert generated.stdout == (SOURCE_TREE / "templates/secure-enterprise.json").read_text(encoding="utf-8")

    fixed = run("generate", "-c", str(SOURCE_TREE / "examples/payments/tap.yaml"), "-e", "dev", "-o", "out/")
    assert fixed.returncode == 0, fixed.stderr
    assert "Parameters" not in json.loads(pathlib.Path("out/secure-enterprise-dev.json").read_text(encoding="utf-8"))
    assert pathlib.Path("out/secure-enterprise-dev.md").exists(), "the sheet's template is not in the wheel"

    schema = run("schema")
    assert json.loads(schema.stdout)["title"] == "tap.yaml", schema.stderr

    refused = run("deploy", "out/secure-enterprise-dev.json", "--stack", "smoke", "--local", "--yes")
    assert refused.returncode == 2, (refused.returncode, refused.stderr)
    assert "pip install" in refused.stderr, refused.stderr
    assert "Traceback" not in refused.stderr, refused.stderr
    print(f"smoke test passed on {sys.version.split()[0]}: {home}")


if __name__ == "__main__":
    main()
