"""Links that nobody forges, and that do not work for ever."""

from itsdangerous import TimestampSigner

from forum import clock


class Dated(TimestampSigner):
    """By our clock, as everything else is."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())
