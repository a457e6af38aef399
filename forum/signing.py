"""Links that nobody forges, and that do not work for ever."""

from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer

from forum import clock


class Dated(TimestampSigner):
    """By our clock, as everything else is."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


# Seconds: a working day.
FORM_LASTS = 12 * 3600


def made_for(signer: URLSafeTimedSerializer, once: str) -> str | None:
    """The number that was made for a form, as long as it is worth something: whoever presses twice sends it twice."""
    try:
        return str(signer.loads(once, max_age=FORM_LASTS))
    except BadSignature:
        return None
