"""Local files are put where stores can fetch them: by their content, whole, once, and never another file than was planned."""

from __future__ import annotations

import asyncio
import hashlib
import tracemalloc
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from catalogctl.engine.publish import AssetStore, BucketStore, DirectoryStore, Publisher, asset_name
from catalogctl.events import AssetCutOff, AssetPublished, AssetSent, Event
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import CatalogError, Refusal
from catalogctl.system.safe_folder import SafeFolder


def asset(folder: Path, name: str, data: bytes = b"content") -> Asset:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Asset(name, hashlib.sha256(data).hexdigest(), len(data))


class Counting:
    """A store that counts what is put into it, and takes a while."""

    def __init__(self) -> None:
        self.puts: list[str] = []

    async def put(self, source: Path, name: str, sha256: str) -> bool:  # noqa: ARG002 -- as every store
        self.puts.append(name)
        await asyncio.sleep(0.01)
        return False

    async def address(self, name: str) -> str:
        return f"https://x.example/{name}"


def published(folder: Path, store: AssetStore | None, *assets: Asset) -> tuple[list[str], list[Event]]:
    heard: list[Event] = []

    async def all_of_them() -> list[str]:
        publisher = Publisher(folder, lambda: store, heard.append)
        return list(await asyncio.gather(*(publisher.url(one) for one in assets)))

    return asyncio.run(all_of_them()), heard


def test_a_directory_gets_the_file_under_its_digest_and_the_store_its_address(tmp_path: Path) -> None:
    one = asset(tmp_path, "catalog/Buch ä.EPUB")
    store = DirectoryStore(SafeFolder(tmp_path, "public"), "https://files.example.com/books/")
    (url,), heard = published(tmp_path, store, one)
    assert url == f"https://files.example.com/books/{asset_name(one)}"
    assert asset_name(one) == f"{one.sha256[:2]}/{one.sha256}.epub"
    assert (tmp_path / "public" / asset_name(one)).read_bytes() == b"content"
    assert heard == [AssetPublished("catalog/Buch ä.EPUB", 7, reused=False)]
    assert [path.name for path in (tmp_path / "public").rglob("*") if path.is_file()] == [f"{one.sha256}.epub"]


def test_what_is_there_already_is_not_put_there_again(tmp_path: Path) -> None:
    one = asset(tmp_path, "a.epub")
    store = DirectoryStore(SafeFolder(tmp_path, "public"), "https://files.example.com")
    published(tmp_path, store, one)
    target = tmp_path / "public" / asset_name(one)
    before = target.stat().st_mtime_ns
    _, heard = published(tmp_path, store, one)
    assert heard == [AssetPublished("a.epub", 7, reused=True)]
    assert target.stat().st_mtime_ns == before


def test_half_a_file_that_was_left_there_is_put_there_whole(tmp_path: Path) -> None:
    one = asset(tmp_path, "a.epub")
    target = tmp_path / "public" / asset_name(one)
    target.parent.mkdir(parents=True)
    target.write_bytes(b"con")
    published(tmp_path, DirectoryStore(SafeFolder(tmp_path, "public"), "https://files.example.com"), one)
    assert target.read_bytes() == b"content"


def test_one_content_is_put_there_once_a_run_however_often_it_is_asked_for(tmp_path: Path) -> None:
    one, same = asset(tmp_path, "a.epub"), asset(tmp_path, "b.epub")
    store = Counting()
    urls, heard = published(tmp_path, store, one, one, same, one)
    assert len(set(urls)) == len(store.puts) == len(heard) == 1


def test_a_declared_url_is_given_back_as_it_is_and_no_store_is_opened(tmp_path: Path) -> None:
    def unopened() -> AssetStore | None:
        raise AssertionError

    publisher = Publisher(tmp_path, unopened, lambda _event: None)
    url = "https://cdn.example.com/a.epub?X-Amz-Signature=1"
    assert asyncio.run(publisher.url(Asset(url))) == url


@pytest.mark.parametrize("data", [b"changed", b"CONTENT", b"", b"content and more"])
def test_a_file_that_changed_since_the_plan_is_refused_and_not_put_anywhere(tmp_path: Path, data: bytes) -> None:
    one = asset(tmp_path, "a.epub")
    (tmp_path / "a.epub").write_bytes(data)
    store = Counting()
    with pytest.raises(CatalogError) as refused:
        published(tmp_path, store, one)
    assert (refused.value.refusal, refused.value.diagnostics[0].code) == (Refusal.STALE, "asset-changed")
    assert store.puts == []


def test_a_file_that_is_gone_and_a_place_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    one, two = asset(tmp_path, "a.epub"), asset(tmp_path, "b.epub", b"two")
    (tmp_path / "a.epub").unlink()
    (tmp_path / "file").write_bytes(b"")
    for wanted, folder, code in ((one, "public", "asset-not-published"), (two, "file", "unsafe-path")):
        with pytest.raises(CatalogError) as refused:
            published(tmp_path, DirectoryStore(SafeFolder(tmp_path, folder), "https://files.example.com"), wanted)
        assert refused.value.diagnostics[0].code == code


@pytest.mark.parametrize("planted", [b"strange", b"con", b"", b"content and more"], ids=["same size", "shorter", "empty", "longer"])
def test_a_planted_file_of_the_right_name_is_replaced(tmp_path: Path, planted: bytes) -> None:
    one = asset(tmp_path, "a.epub")
    target = tmp_path / "public" / asset_name(one)
    target.parent.mkdir(parents=True)
    target.write_bytes(planted)
    _, heard = published(tmp_path, DirectoryStore(SafeFolder(tmp_path, "public"), "https://files.example.com"), one)
    assert heard == [AssetPublished("a.epub", 7, reused=False)]
    assert target.read_bytes() == b"content"


@pytest.mark.parametrize("place", ["public", "public/DIGEST", "public/DIGEST/FILE"])
def test_a_link_where_a_file_is_published_is_refused(tmp_path: Path, place: str) -> None:
    one = asset(tmp_path, "a.epub")
    outside = tmp_path / "outside"
    outside.mkdir()
    link = tmp_path / place.replace("DIGEST", one.sha256[:2]).replace("FILE", f"{one.sha256}.epub")
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside / "new" if "FILE" in place else outside)
    with pytest.raises(CatalogError) as refused:
        published(tmp_path, DirectoryStore(SafeFolder(tmp_path, "public"), "https://files.example.com"), one)
    assert (refused.value.refusal, refused.value.diagnostics[0].code) == (Refusal.STALE, "unsafe-path")
    assert str(link) in refused.value.diagnostics[0].detail
    assert list(outside.iterdir()) == []


def test_a_large_file_is_published_without_being_held_in_memory(tmp_path: Path) -> None:
    size = 64 * 1024 * 1024
    with (tmp_path / "a.epub").open("wb") as file:
        file.truncate(size)
    with (tmp_path / "a.epub").open("rb") as file:
        one = Asset("a.epub", hashlib.file_digest(file, "sha256").hexdigest(), size)
    tracemalloc.start()
    try:
        published(tmp_path, DirectoryStore(SafeFolder(tmp_path, "public"), "https://files.example.com"), one)
        assert tracemalloc.get_traced_memory()[1] < size / 4
    finally:
        tracemalloc.stop()
    assert (tmp_path / "public" / asset_name(one)).stat().st_size == size


def test_a_project_without_a_place_to_publish_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as refused:
        published(tmp_path, None, asset(tmp_path, "a.epub"))
    assert refused.value.diagnostics[0].code == "asset-store-missing"


# Buckets.


@pytest.mark.parametrize("planted", [b"x", b"y" * 100_000], ids=["half of it", "same size"])
def test_a_bucket_gets_the_file_once_and_again_where_another_lies_under_its_name(tmp_path: Path, planted: bytes) -> None:
    one = asset(tmp_path, "a.epub", b"x" * 100_000)
    bucket = pytest.importorskip("obstore.store").MemoryStore()
    store = BucketStore(bucket, "https://cdn.example.com/books/", None)
    (url,), heard = published(tmp_path, store, one)
    assert bytes(bucket.get(asset_name(one)).bytes()) == b"x" * 100_000
    assert url == f"https://cdn.example.com/books/{asset_name(one)}"
    bucket.put(asset_name(one), planted)
    _, again = published(tmp_path, store, one)
    assert bytes(bucket.get(asset_name(one)).bytes()) == b"x" * 100_000
    _, third = published(tmp_path, store, one)
    assert [event.reused for found in (heard, again, third) for event in found if isinstance(event, AssetPublished)] == [False, False, True]


def test_an_address_is_signed_for_as_long_as_was_asked_for() -> None:
    store = pytest.importorskip("obstore.store")
    s3 = store.S3Store("books", region="eu-west-1", access_key_id="AKIA", secret_access_key="5ecret")
    signed = asyncio.run(BucketStore(s3, "https://cdn.example.com/", timedelta(hours=2)).address("ab/abc.epub"))
    assert urlsplit(signed).path.endswith("ab/abc.epub")
    assert "X-Amz-Expires=7200" in signed
    assert "5ecret" not in signed
    by_default = asyncio.run(BucketStore(s3, None, None).address("ab/abc.epub"))
    assert f"X-Amz-Expires={2 * 24 * 3600}" in by_default
    assert Asset(signed) == Asset(by_default), "a re-signed address is no change"


def test_a_bucket_that_cannot_be_reached_is_told_in_words_a_person_can_use(tmp_path: Path) -> None:
    """The library's own words run on into its innards; they are cut where these begin."""
    store = pytest.importorskip("obstore.store")
    (tmp_path / "a.epub").write_bytes(b"book")
    s3 = store.S3Store(
        "books",
        endpoint="http://127.0.0.1:9",
        region="us-east-1",
        access_key_id="id",
        secret_access_key="key",
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    publisher = Publisher(tmp_path, lambda: BucketStore(s3, None, None), lambda _: None)
    asset = Asset("a.epub", hashlib.sha256(b"book").hexdigest(), 4)
    with pytest.raises(CatalogError) as refused:
        asyncio.run(publisher.url(asset))
    [problem] = refused.value.diagnostics
    assert problem.code == "asset-not-published"
    assert "Debug source" not in problem.detail
    assert "\n" not in problem.detail


# Files that are sent as their bytes.


def sent(folder: Path, one: Asset, size: int) -> tuple[list[bytes], list[Event]]:
    heard: list[Event] = []
    stream = Publisher(folder, lambda: None, heard.append).open(one, "store")
    pieces: list[bytes] = []
    try:
        while piece := stream.read(size):
            pieces.append(piece)
    finally:
        stream.close()
    return pieces, heard


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_a_file_is_sent_in_pieces_and_its_end_is_told(tmp_path: Path, size: int) -> None:
    one = asset(tmp_path, "a.epub")
    pieces, heard = sent(tmp_path, one, size)
    assert b"".join(pieces) == b"content"
    assert max(map(len, pieces)) <= size
    assert heard[-1] == AssetSent("store", "a.epub", 7, 7)


def test_a_large_file_is_told_of_a_hundred_times_at_most(tmp_path: Path) -> None:
    one = asset(tmp_path, "a.epub", b"x" * 300_000)
    _, heard = sent(tmp_path, one, 1000)
    assert len(heard) == 1, "there is no word about less than a megabyte but the last one"


def test_a_file_that_is_closed_before_its_end_is_told_as_cut_off(tmp_path: Path) -> None:
    heard: list[Event] = []
    stream = Publisher(tmp_path, lambda: None, heard.append).open(asset(tmp_path, "a.epub", b"x" * 3_000_000), "store")
    stream.read(2_000_000)
    stream.close()
    assert heard == [AssetSent("store", "a.epub", 2_000_000, 3_000_000), AssetCutOff("store", "a.epub", 2_000_000, 3_000_000)]


def test_a_large_file_is_shown_on_its_way_to_where_stores_fetch_it_and_no_more_when_that_fails(tmp_path: Path) -> None:
    one = asset(tmp_path, "a.epub", b"x" * 3_000_000)
    _, heard = published(tmp_path, DirectoryStore(SafeFolder(tmp_path, "public"), "https://files.example.com"), one)
    assert heard == [AssetSent("", "a.epub", 0, 3_000_000), AssetPublished("a.epub", 3_000_000, reused=False)]
    (tmp_path / "a.epub").write_bytes(b"y" * 3_000_000)
    told: list[Event] = []
    publisher = Publisher(tmp_path, lambda: DirectoryStore(SafeFolder(tmp_path, "public"), "https://files.example.com"), told.append)
    with pytest.raises(CatalogError):
        asyncio.run(publisher.url(one))
    assert told == [AssetSent("", "a.epub", 0, 3_000_000), AssetCutOff("", "a.epub", 0, 3_000_000)]


def test_the_last_piece_of_a_file_that_has_changed_is_never_given(tmp_path: Path) -> None:
    one = asset(tmp_path, "a.epub", b"what was planned with")
    (tmp_path / "a.epub").write_bytes(b"what was planned WITH")
    stream = Publisher(tmp_path, lambda: None, lambda _: None).open(one, "store")
    given = b""

    def all_of_it() -> None:
        nonlocal given
        while piece := stream.read(4):
            given += piece

    with pytest.raises(CatalogError) as refused:
        all_of_it()
    stream.close()
    assert (refused.value.refusal, [one.code for one in refused.value.diagnostics]) == (Refusal.STALE, ["asset-changed"])
    assert len(given) < one.size


def test_a_file_of_another_size_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    one = asset(tmp_path, "a.epub")
    (tmp_path / "a.epub").write_bytes(b"longer content")
    with pytest.raises(CatalogError) as refused:
        Publisher(tmp_path, lambda: None, lambda _: None).open(one, "store")
    assert refused.value.refusal is Refusal.STALE


def test_a_file_that_is_gone_is_told_as_such(tmp_path: Path) -> None:
    one = asset(tmp_path, "a.epub")
    (tmp_path / "a.epub").unlink()
    with pytest.raises(CatalogError) as refused:
        Publisher(tmp_path, lambda: None, lambda _: None).open(one, "store")
    assert [one.code for one in refused.value.diagnostics] == ["asset-not-published"]
