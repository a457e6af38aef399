"""A broker in a process of its own, as a web server has it: `python -m tests.realtime.broker.process DSN REDIS`.

Every message heard, and every "missed", is a line on its output; every line on its input is published.
"""

import asyncio
import sys

from realtime.broker import broker_at, timing


async def run(dsn: str, url: str) -> None:
    timing.PULSE, timing.TURN = 0.2, 0.1

    def say(line: str) -> None:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    async def heard(payload: str) -> None:
        say(payload)

    handlers = {"forum": heard, "presence": heard}
    async with broker_at(url or None, dsn, handlers, lambda: say("missed")) as broker:
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
        )
        while line := await lines.readline():
            await broker.publish("presence", line.decode().strip())


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
