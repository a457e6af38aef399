"""How many connections one name may hold."""

from contextlib import ExitStack

from realtime.seats import Seats


def test_a_name_that_holds_as_many_as_it_may_gets_no_more() -> None:
    seats, most = Seats(), {"account 7": 2, "address 192.0.2.1": 3}
    with ExitStack() as held:
        assert [held.enter_context(seats.taken(most)) for _ in range(3)] == [True, True, False]
        assert held.enter_context(seats.taken({"address 192.0.2.1": 3})), "what was refused took no seat"
        with seats.taken({"account 8": 2, "address 192.0.2.1": 3}) as has_room:
            assert not has_room
        assert held.enter_context(seats.taken({})), "nobody in particular"
        assert len(seats) == 2
    assert len(seats) == 0, "nobody who left is remembered"
    with seats.taken(most) as has_room:
        assert has_room
