"""Lists that a town edits: one entry a line, # begins a remark."""

from pathlib import Path

HERE = Path(__file__).parent


def lines(name: str) -> list[str]:
    """The entries of a file beside this one."""
    written = (line.partition("#")[0].strip() for line in (HERE / name).read_text().splitlines())
    return [line for line in written if line]
