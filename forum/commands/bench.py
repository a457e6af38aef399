"""`forum bench`: the benchmarks of tests/bench, which are there in a checkout and not where a town runs the room."""

import ast
import subprocess
import sys

import typer

from forum.settings import ROOT

FOLDER = ROOT / "tests" / "bench"


def benchmarks() -> dict[str, str]:
    """What each is called, and what it says that it measures; those files of the folder that tell how they are run."""
    said = {path.stem: ast.get_docstring(ast.parse(path.read_text())) or "" for path in FOLDER.glob("*.py")}
    return {
        name: text.partition("\n\n")[0].replace("\n", " ").partition(": `")[0]
        for name, text in sorted(said.items())
        if f"`python -m tests.bench.{name}" in text
    }


def bench(name: str | None, options: list[str]) -> int:
    """Runs one and returns its exit code; without a name, lists them."""
    found = benchmarks()
    if not found:
        typer.echo("The benchmarks are not here: run this in a checkout.")
        return 1
    if name is None:
        for one, text in found.items():
            typer.echo(f"{one:<18}{text}")
        return 0
    if name not in found:
        typer.echo(f"There is no benchmark of that name, but: {', '.join(found)}")
        return 1
    command = [sys.executable, "-m", f"tests.bench.{name}", *options]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603  # one of our own
