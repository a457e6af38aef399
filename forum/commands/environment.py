"""The settings of a command, read from its environment."""

import os
from pathlib import Path

import typer
from pydantic import ValidationError

from forum.settings import Settings


def settings() -> Settings:
    """What the environment sets, or a line for each setting that is wrong: without its value, which may be a secret."""
    try:
        found = Settings()
    except ValidationError as error:
        wrong = {str(fault["loc"][0]): fault["msg"] for fault in error.errors()}
    else:
        if found.database_url or _is_ours(found.var_dir):
            return found
        wrong = {"var_dir": "this is no folder that we may write to, or make"}
    described = Settings.model_fields
    raise typer.BadParameter(
        "\n".join(f"{name.upper()}: {why} ({described[name].description})" for name, why in wrong.items())
    )


def _is_ours(folder: Path) -> bool:
    path = folder.absolute()
    nearest = next(place for place in (path, *path.parents) if place.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK)
