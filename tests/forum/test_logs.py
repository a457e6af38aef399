"""Log lines are JSON objects, one a line, whichever way they take."""

import json
from datetime import datetime

import pytest
import structlog

from forum import logs
from forum.settings import Settings


def test_what_goes_well_is_written_like_everything_else(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(settings.model_copy(update={"log_format": "json"}))
    log = structlog.get_logger(source="市民")
    structlog.contextvars.bind_contextvars(request="ab12")
    told = {"path": "/topics/1", "ms": 1.5, "who": {"odd"}}
    log.info("request", **told)
    log.debug("request", **told)
    log.warning("request", **told)
    quick, usual = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    for line, level in ((quick, "info"), (usual, "warning")):
        assert datetime.fromisoformat(line.pop("timestamp")).utcoffset() is not None
        assert line.pop("level") == level
    assert (
        quick == usual == {**told, "who": "{'odd'}", "event": "request", "request": "ab12", "source": "市民"}
    )
