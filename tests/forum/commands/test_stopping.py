"""A server that ends lets nobody in whom it would cut off."""

import socket
import sys

import pytest

from forum.commands.stopping import refuse_newcomers


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux offers it")
@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_who_came_before_is_let_in_and_who_comes_now_is_refused(
    family: socket.AddressFamily, address: str
) -> None:
    with socket.socket(family) as listener, socket.socket(family) as before, socket.socket(family) as now:
        try:
            listener.bind((address, 0))
        except OSError:
            pytest.skip("this machine has no such address")
        listener.listen()
        before.connect(listener.getsockname())
        refuse_newcomers(listener)
        with pytest.raises(ConnectionRefusedError):
            now.connect(listener.getsockname())
        accepted, _ = listener.accept()
        with accepted:
            accepted.sendall("はい".encode())
            assert before.recv(100).decode() == "はい"
            before.sendall("どうも".encode())
            assert accepted.recv(100).decode() == "どうも"
