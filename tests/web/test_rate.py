from __future__ import annotations

import pytest

from whotop.web.rate import CLIENTS_KEPT, RateLimit, client_of


def test_a_client_may_ask_often_after_a_pause_and_then_steadily() -> None:
    limit = RateLimit(per_second=2, at_once=3)
    assert [limit.wait_seconds("a", 0.0) for _ in range(4)] == [0, 0, 0, 0.5]
    assert limit.wait_seconds("a", 0.5) == 0
    assert limit.wait_seconds("a", 0.5) == pytest.approx(0.5)


def test_no_more_than_the_bucket_holds_gathers() -> None:
    limit = RateLimit(per_second=1, at_once=2)
    limit.wait_seconds("a", 0.0)
    assert [limit.wait_seconds("a", 1e6) for _ in range(3)] == [0, 0, 1]


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    limit = RateLimit(per_second=1, at_once=2)
    limit.wait_seconds("a", 10.0)
    assert limit.wait_seconds("a", 5.0) == 0


def test_a_guess_costs_more_than_there_is() -> None:
    limit = RateLimit(per_second=1, at_once=10)
    limit.punish("a", 0.0, 30)
    assert limit.wait_seconds("a", 0.0) == 21


def test_clients_are_remembered_in_bounded_memory() -> None:
    limit = RateLimit(per_second=1, at_once=1)
    for number in range(CLIENTS_KEPT + 5):
        limit.wait_seconds(str(number), 0.0)
    assert limit.wait_seconds("0", 0.0) == 0, "forgotten"
    assert limit.wait_seconds(str(CLIENTS_KEPT), 0.0) > 0, "remembered"


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_one_customers_network_is_one_client(host: str, client: str) -> None:
    assert client_of(host) == client
