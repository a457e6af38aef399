"""`forum charter`: the rules of the room, out into a file and back in with an announcement."""

import json
import tomllib
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from forum.commands.context import opened_site
from forum.errors import Conflict
from forum.guides.queries import rule_versions
from forum.guides.rules import RuleVersion
from moderation.charters import actions, rules
from moderation.charters.rules import Charter, CharterText

HEAD = "# The rules of the room, as announced last. Reword them or add some; none may go. Then: forum charter announce\n"


async def written() -> str:
    """The newest rules as a file, ready to be reworded."""
    async with opened_site() as site:
        return HEAD + as_toml(rules.newest(await rule_versions(site.db)).values())


async def write(file: Path) -> None:
    """The same, written where no file is yet: one that is may have been reworded."""
    text = await written()
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be written: {error.strerror}") from error


async def announce(content: bytes, day: date) -> None:
    """Announces the rules of a file, or says why not, in a line for each fault, and exits with 2."""
    try:
        charter = Charter.model_validate(tomllib.loads(content.decode("utf-8-sig")))
    except ValidationError as error:
        raise typer.BadParameter("\n".join(map(_fault, error.errors()))) from error
    except ValueError as error:  # no text, or no TOML
        raise typer.BadParameter(str(error)) from error
    async with opened_site() as site:
        moment = datetime.combine(day, time(), site.renderer.zone)
        try:
            announced = await actions.announce(site.db, charter, moment)
        except Conflict as refusal:
            raise typer.BadParameter(refusal.reason) from refusal
        for number, version in announced:
            typer.echo(site.settings.link(f"/rules/{number}?version={version}"))


def _fault(found: ErrorDetails) -> str:
    """What is wrong, and where: the first rule of the file is rule 1."""
    where = " ".join(str(part + 1) if isinstance(part, int) else part for part in found["loc"])
    return f"{where}: {found['msg']}"


def as_toml(versions: Iterable[RuleVersion]) -> str:
    """The rules as charter.toml has them. A JSON string is a TOML string, too."""
    return "".join(
        "\n[[rule]]\n"
        + "".join(
            f"{name} = {json.dumps(getattr(rule, name), ensure_ascii=False)}\n"
            for name in CharterText.model_fields
        )
        for rule in versions
    )
