"""What a browser may ask for, and where messages may go."""

from ipaddress import ip_address, ip_network

import pytest
from pydantic import ValidationError

from forum.devices.rules import Subscription, device_name, may_be_reached
from tests.forum.devices.push_service import Browser

PLACE = "https://push.example/send/abc?x=1"
GIVEN = Browser(PLACE).form


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("203.0.114.1", True),
        ("2606:4700::1", True),
        ("64:ff9b::cb00:7201", True),  # 203.0.114.1 for a machine that has IPv6 alone
        ("127.0.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - an address like another
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::7f00:1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("2001:db8::1", False),
    ],
)
def test_messages_go_to_the_internet_alone(address: str, reached: bool) -> None:
    assert may_be_reached(ip_address(address), ()) == reached


def test_a_town_may_name_a_network_of_its_own() -> None:
    own = [ip_network("10.1.0.0/16"), ip_network("fd00::/64")]
    assert [may_be_reached(ip_address(one), own) for one in ("10.1.2.3", "fd00::1", "10.2.0.1", "127.0.0.1")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_what_a_browser_says_is_taken() -> None:
    assert Subscription.model_validate(GIVEN).endpoint == PLACE


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": PLACE.replace("https", "http")},
        {"endpoint": "https://push.example"},
        {"endpoint": "https://user@push.example/"},
        {"endpoint": "https://push.example:66000/"},
        {"endpoint": "https://[::1]/"},
        {"endpoint": "https://push.example/a b"},
        {"endpoint": "https://push.example/a\r\nX: y"},
        {"endpoint": "https://push.example/あ"},
        # Signs that are letters of the alphabet once their case is ignored.
        {"endpoint": "http\u017f://push.example/"},
        {"endpoint": "https://\u212ai.example/"},
        {"endpoint": PLACE + "a" * 1000},
        {"p256dh": ""},
        {"p256dh": GIVEN["auth"]},
        {"p256dh": "BA" + "A" * 85},  # of the right length, and on no curve
        {"auth": ""},
        {"auth": "!" * 22},
        {"auth": GIVEN["p256dh"]},
    ],
)
def test_what_no_browser_says_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Subscription.model_validate(GIVEN | wrong)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
            "Chrome (Android)",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge (Windows)",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari (iPhone)",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox (Linux)"),
        ("<script>", ""),
    ],
)
def test_devices_have_names_that_their_owner_knows(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
