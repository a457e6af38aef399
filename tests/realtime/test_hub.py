from realtime.hub import MAX_BACKLOG_CHARACTERS, MAX_BACKLOG_MESSAGES, Hub, Listener
from realtime.protocol import Close, Delta, Deltas, Resync, ServerFrame, read_server

HELLO = Delta(number=1, kind="put", id="post-1", html="<li>", order=1)


async def heard(listener: Listener) -> list[ServerFrame]:
    """What waits for a listener, without waiting for more."""
    listener.close(Close.RESTART)
    return [read_server(message) async for message in _messages(listener)]


async def _messages(listener: Listener):  # type: ignore[no-untyped-def]
    while (message := await listener.next()) is not None:
        yield message


async def test_a_broadcast_reaches_each_listener_in_its_variant() -> None:
    hub = Hub()
    ja, en, elsewhere = (hub.join(None, variant) for variant in ("ja", "en", "ja"))
    hub.subscribe(ja, "topic:1")
    hub.subscribe(en, "topic:1")
    hub.subscribe(elsewhere, "topic:2")

    assert hub.listening("topic:1") == {"ja", "en"}
    hub.broadcast("topic:1", {"ja": [HELLO], "en": []})

    assert await heard(ja) == [Deltas(channel="topic:1", deltas=(HELLO,))]
    assert await heard(en) == [Deltas(channel="topic:1", deltas=())]
    assert await heard(elsewhere) == []


async def test_listeners_that_leave_leave_nothing_behind() -> None:
    hub = Hub()
    for _ in range(3):
        listener = hub.join("7", "ja")
        hub.subscribe(listener, "topic:1")
        hub.subscribe(listener, "home")
        hub.unsubscribe(listener, "home")
        hub.unsubscribe(listener, "never heard")
        hub.leave(listener)
        hub.leave(listener)
    assert (hub.sockets, hub.channels, hub.listening("topic:1")) == (0, 0, set())


async def test_a_slow_listener_is_cut_off_and_told_to_catch_up() -> None:
    hub = Hub()
    listener = hub.join(None, "ja")
    hub.subscribe(listener, "topic:1")
    for _ in range(MAX_BACKLOG_MESSAGES):
        hub.broadcast("topic:1", {"ja": [HELLO]})
    assert listener.closing is None
    hub.broadcast("topic:1", {"ja": [HELLO]})
    assert listener.closing is Close.TOO_SLOW
    assert await listener.next() is None, "what waited is dropped: the reader catches up anyway"


async def test_one_large_message_is_no_sign_of_a_slow_listener() -> None:
    listener = Listener(None, "ja")
    listener.offer("x" * (MAX_BACKLOG_CHARACTERS + 1))
    assert listener.closing is None
    listener.offer("x")
    assert listener.closing is Close.TOO_SLOW


async def test_lost_messages_are_told_to_one_channel_or_to_everyone() -> None:
    hub = Hub()
    listener = hub.join(None, "ja")
    hub.subscribe(listener, "topic:1")
    hub.subscribe(listener, "home")
    hub.resync("home")
    hub.resync()
    hub.resync("topic:9")
    said = await heard(listener)
    assert said[0] == Resync(channel="home")
    assert set(said[1:]) == {Resync(channel="home"), Resync(channel="topic:1")}


async def test_revoked_rights_end_the_connections_they_concern() -> None:
    hub = Hub()
    suspended, other, guest = hub.join("7", "ja"), hub.join("8", "ja"), hub.join(None, "ja")
    hub.subscribe(other, "topic:1")
    suspended.offer("not to be read any more")

    hub.close_owner("7")
    assert (suspended.closing, other.closing, guest.closing) == (Close.JUDGE_ANEW, None, None)
    assert await suspended.next() is None

    hub.close_channel("topic:1")
    assert (other.closing, guest.closing) == (Close.JUDGE_ANEW, None)

    hub.close()
    assert (suspended.closing, guest.closing) == (Close.JUDGE_ANEW, Close.RESTART), "the first reason counts"
