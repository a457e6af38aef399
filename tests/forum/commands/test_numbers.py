"""Numbers on the command line, before any command runs."""

import pytest
from typer.testing import CliRunner

from forum.__main__ import app

WHY = ("--by", "administrator@example.jp", "--reason", "x")


@pytest.mark.parametrize(
    "command",
    [
        ("export", "{}"),
        ("import", "{}", __file__),
        ("digest", "compile", "{}"),
        ("admin", "suspend", "{}", *WHY, "--rule", "1"),
        ("admin", "reinstate", "{}", *WHY),
    ],
)
def test_a_number_that_nothing_can_have_is_refused_in_a_line(command: tuple[str, ...]) -> None:
    for number in ("0", str(2**63), "9" * 5000):
        run = CliRunner().invoke(app, [part.format(number) for part in command])
        assert (run.exit_code, type(run.exception)) == (2, SystemExit)
        assert "Invalid value for" in run.output
