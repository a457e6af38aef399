"""What one process counts about its live half, for whoever watches it."""

from collections import Counter
from dataclasses import dataclass, field

from realtime.protocol import Close
from realtime.sending import Message


@dataclass(slots=True)
class Counts:
    """Totals since the start; plain numbers, written on the event loop only."""

    # Connections that were one too many.
    refused: int = 0
    messages_in: int = 0
    messages_out: int = 0
    # Whole frames to readers.
    bytes_out: int = 0
    # One fan-out is one frame to all readers of a channel; its time is from the first of them to the last.
    fan_outs: int = 0
    fan_out_seconds: float = 0.0
    catch_ups: int = 0
    resyncs: int = 0
    closes: Counter[Close] = field(default_factory=Counter)

    def sent(self, message: Message, readers: int) -> None:
        self.messages_out += readers
        self.bytes_out += readers * len(message.frame)
