from decimal import Decimal

from catalogctl.model.money import minor_digits, smallest_coin


def test_currencies_have_the_digits_of_iso_4217() -> None:
    assert [minor_digits(code) for code in ("USD", "CLP", "PYG", "JPY", "BHD", "COP", "CLF")] == [2, 0, 0, 0, 3, 2, 4]


def test_the_smallest_coin_is_the_smallest_unit_unless_coins_are_larger() -> None:
    found = {code: smallest_coin(code) for code in ("USD", "COP", "CLP", "JPY", "MXN", "KWD")}
    assert found == {code: Decimal(coin) for code, coin in zip(found, ("0.01", "50", "10", "1", "0.05", "0.001"), strict=True)}
