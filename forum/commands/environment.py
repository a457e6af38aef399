"""The settings of a command, read from its environment."""

import typer
from pydantic import ValidationError

from forum.settings import Settings


def settings() -> Settings:
    """What the environment sets, or a line for each setting that is wrong: without its value, which may be a secret."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = {str(fault["loc"][0]): fault["msg"] for fault in error.errors()}
    described = Settings.model_fields
    raise typer.BadParameter(
        "\n".join(f"{name.upper()}: {why} ({described[name].description})" for name, why in wrong.items())
    )
