"""The words in which the domain refuses. `forum/app.py` holds the one table from these to status codes."""


class Refusal(Exception):
    """Something the person asked for cannot be done; `reason` is one sentence they can read."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


class NotFound(Refusal):
    """It does not exist, or this person may not know that it does."""


class Forbidden(Refusal):
    """It exists, and a rule says that this person may not do this to it."""


class Invalid(Refusal):
    """What was typed cannot be accepted; one sentence for each field."""

    def __init__(self, **fields: str) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class Conflict(Refusal):
    """Somebody else was faster. `theirs` and `yours` are the two versions, where there are two to show."""

    def __init__(self, reason: str, *, theirs: str | None = None, yours: str | None = None) -> None:
        super().__init__(reason)
        self.theirs = theirs
        self.yours = yours


class TooSoon(Refusal):
    """A pace limit; `seconds` until it may be tried again."""

    def __init__(self, reason: str, seconds: int) -> None:
        super().__init__(reason)
        self.seconds = seconds
