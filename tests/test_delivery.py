"""Strict order: by seq, each event once, however they come."""

import random

from watchparty.hub.delivery import MAX_HELD, OrderedDelivery


def delivery(seq: int = 10) -> OrderedDelivery[str]:
    return OrderedDelivery("e1", seq)


def test_what_was_delivered_is_not_delivered_again() -> None:
    one = delivery()
    assert one.offer("e1", 10, "ten") == []
    assert one.offer("e1", 3, "three") == []
    assert not one.gap


def test_another_epoch_is_not_ours_to_order() -> None:
    one = delivery()
    assert one.offer("e2", 11, "eleven") == []
    assert not one.gap


def test_what_comes_too_early_waits() -> None:
    one = delivery()
    assert one.offer("e1", 12, "twelve") == []
    assert one.gap
    assert one.offer("e1", 11, "eleven") == ["eleven", "twelve"]
    assert not one.gap


def test_a_second_copy_of_what_waits_is_delivered_once() -> None:
    one = delivery()
    one.offer("e1", 12, "twelve")
    one.offer("e1", 12, "twelve")
    assert one.offer("e1", 11, "eleven") == ["eleven", "twelve"]
    assert one.offer("e1", 12, "twelve") == []


def test_only_so_much_is_held_back_in_patience() -> None:
    one = delivery()
    for seq in range(12, 12 + MAX_HELD):
        one.offer("e1", seq, "x")
    assert not one.overfull
    one.offer("e1", 12 + MAX_HELD, "x")
    assert one.overfull


def test_a_snapshot_drops_what_it_holds_and_keeps_what_follows() -> None:
    one = delivery()
    for seq in (12, 13, 15):
        one.offer("e1", seq, str(seq))
    one.reset("e1", 13)
    assert one.offer("e1", 13, "13") == []
    assert one.offer("e1", 14, "14") == ["14", "15"]


def test_a_snapshot_of_another_epoch_drops_everything() -> None:
    one = delivery()
    one.offer("e1", 12, "12")
    one.reset("e2", 11)
    assert not one.gap
    assert (one.epoch, one.seq) == ("e2", 11)
    assert one.offer("e2", 12, "new") == ["new"]


def test_any_order_with_copies_ends_in_the_right_one() -> None:
    for seed in range(50):
        dice, one = random.Random(seed), delivery(0)
        offers = [*range(1, 30), *dice.choices(range(1, 30), k=20)]
        dice.shuffle(offers)
        delivered = [due for seq in offers for due in one.offer("e1", seq, str(seq))]
        assert delivered == [str(seq) for seq in range(1, 30)]
