"""What would reach open pages, without pages."""

from collections.abc import Mapping, Sequence

from realtime.protocol import Delta


class Ear:
    """Of a hub, what readers of Japanese hear in each channel."""

    def __init__(self) -> None:
        self.heard: dict[str, list[Delta]] = {}
        self.in_doubt: list[str] = []

    def listening(self, channel: str) -> set[str]:
        return {"ja"}

    def broadcast(self, channel: str, deltas: Mapping[str, Sequence[Delta]]) -> None:
        self.heard.setdefault(channel, []).extend(deltas["ja"])

    def resync(self, channel: str) -> None:
        self.in_doubt.append(channel)
