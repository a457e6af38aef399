"""Reads the files in `content/`."""

import tomllib
from pathlib import Path
from typing import TypeVar

from forum.commands.demo.script import Board, Hearings, People, Scripted

CONTENT = Path(__file__).parent / "content"
BOARDS = ("welfare", "environment", "education", "planning", "staff-room")

S = TypeVar("S", bound=Scripted)


def people() -> People:
    return read("people", People)


def boards() -> list[Board]:
    return [read(name, Board) for name in BOARDS]


def hearings() -> Hearings:
    return read("consultations", Hearings)


def read(name: str, kind: type[S]) -> S:
    return kind.model_validate(tomllib.loads((CONTENT / f"{name}.toml").read_text()))
