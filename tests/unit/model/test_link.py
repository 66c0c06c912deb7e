"""Of the links that a store gives, those are shown that lead to it."""

import pytest

from catalogctl.model.link import leading_home

HOME = "https://shop.example"


@pytest.mark.parametrize(
    ("home", "link"),
    [
        (HOME, "https://shop.example/library/publication/el-faro"),
        ("https://shop.example:8443/api", "https://shop.example:8443/reader/el-faro"),
        ("http://127.0.0.1:8765", "http://127.0.0.1:8765/reader/el-faro"),
        (HOME, "https://SHOP.example/reader/ñandú"),
    ],
)
def test_what_leads_to_the_account_itself_is_shown(home: str, link: str) -> None:
    assert leading_home({"reader": link}, home) == {"reader": link}


@pytest.mark.parametrize(
    ("home", "link"),
    [
        (HOME, "https://evil.example/reader/el-faro"),
        (HOME, "https://shop.example.evil.example/"),
        (HOME, "https://shop.example@evil.example/"),
        (HOME, "https://evil@shop.example/"),
        (HOME, "https://shop.example:8443/reader/el-faro"),
        (HOME, "http://shop.example/reader/el-faro"),
        ("http://shop.example", "http://shop.example/reader/el-faro"),
        (HOME, "javascript:alert(1)"),
        (HOME, "/reader/el-faro"),
        (HOME, "https://shop.example/\x1b]8;;https://evil.example\x07"),
        (HOME, "https://shop.example/\u202eorafle"),
        (HOME, "https://shop.example\\@evil.example/"),
        (HOME, "https://shop.example/a b"),
        (HOME, "https://shop.example:nonsense/"),
        (HOME, "https://[shop.example/"),
        (HOME, f"https://shop.example/{'a' * 1000}"),
        ("sandbox", "https://your-store.com/reader/el-faro"),
    ],
)
def test_what_leads_elsewhere_or_is_no_plain_address_is_not(home: str, link: str) -> None:
    assert leading_home({"reader": link}, home) == {}
