"""Files that are whole, and files that are not."""

import io
import random
import struct
import zipfile
import zlib

import pytest
from PIL import Image

import small
from catalogctl.config.assets import sniff
from catalogctl.config.soundness import damage

WHOLE = {
    "epub": small.epub("a book"),
    "pdf": small.pdf("a book"),
    "jpeg": small.jpeg("a cover"),
    "png": small.png("a cover"),
    "mp3": small.mp3() * 5,
    "mp4": struct.pack(">I4s", 8, b"ftyp") + struct.pack(">I4s", 16, b"moov") + bytes(8) + struct.pack(">I4s", 12, b"mdat") + b"song",
    "gif": b"GIF89a" + bytes(20) + b";",
    "wav": b"RIFF" + struct.pack("<I", 12) + b"WAVEfmt \0\0\0\0",
}


def told(data: bytes, kind: str | None = None) -> str:
    return damage(io.BytesIO(data), kind or sniff(data[:1024]), len(data))


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_whole_lacks_nothing(kind: str) -> None:
    assert sniff(WHOLE[kind][:1024]) == kind or kind == "mp4"
    assert told(WHOLE[kind], kind) == ""


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_cut_anywhere_lacks_something(kind: str) -> None:
    whole = WHOLE[kind]
    least = {"mp3": 4, "gif": 10}.get(kind, 12)
    frames = {len(small.mp3()) * count + few for count in range(6) for few in range(4)} if kind == "mp3" else set()
    ends = {len(whole) - 1, len(whole) - 2} if kind == "pdf" else set()  # the line break behind %%EOF, and half of it
    sound = [size for size in range(least, len(whole)) if size not in frames | ends and not told(whole[:size], kind)]
    assert sound == []


def test_a_recording_cut_between_two_frames_is_told_by_the_length_that_its_first_frame_says() -> None:
    first = bytearray(small.mp3())
    first[36:48] = b"Xing" + (2).to_bytes(4, "big") + (len(first) * 5).to_bytes(4, "big")
    whole = bytes(first) + small.mp3() * 4
    assert told(whole) == ""
    assert told(whole[: len(first) * 3]) == "it says that it has 2,085 bytes, and has 1,251"


@pytest.mark.parametrize(
    "tail",
    [
        b"TAG" + bytes(125),
        b"APETAGEX" + bytes(60),
        bytes(400),
        bytes(-len(WHOLE["mp3"]) % 2_048),
        bytes(-len(WHOLE["mp3"]) % 512 + 512) + b"TAG" + bytes(125),
        bytes(300) + b"TAG" + bytes(125),
        b"LYRICSBEGIN" + bytes(9),
    ],
)
def test_tags_and_padding_behind_the_last_frame_are_no_damage(tail: bytes) -> None:
    assert told(WHOLE["mp3"] + tail) == ""


def test_tags_before_and_between_frames_are_passed_over() -> None:
    tag = b"ID3\x04\0\0\0\0\0\x14" + b"\xff\xfb" * 10
    assert told(tag + WHOLE["mp3"] + tag + WHOLE["mp3"]) == ""
    assert told(tag) == "it has no frame of sound"


def test_zeros_between_frames_are_damage() -> None:
    for size in (16, 512, 4_096, 5_000):
        assert told(small.mp3() * 3 + bytes(size) + small.mp3() * 3) == "it has zeros between its frames"


def test_zeros_over_a_frame_and_over_the_last_frames_are_damage() -> None:
    frame = small.mp3()
    whole = frame * 100
    place = len(frame) * 50
    assert told(whole[: place - 100] + bytes(512) + whole[place + 412 :]) == "it has zeros between its frames"
    for tag in (b"", b"TAG" + bytes(125)):
        assert told(whole[: -len(frame) * 10] + bytes(len(frame) * 10) + tag) == "it has zeros where its last frames should be"
        assert told(whole[: -len(frame)] + bytes(len(frame)) + tag) == "it has zeros where its last frames should be"
        assert told(whole + bytes(-len(whole + tag) % 2_048) + tag) == ""


def test_one_frame_that_is_none_is_damage_wherever_it_is() -> None:
    frame = small.mp3()
    for at in (3, 50):
        for spoilt in (b"\x55" * len(frame), b"\xfe" + frame[1:], frame[:1] + b"\0" + frame[2:], frame[:200]):
            before, behind = frame * at, frame * (99 - at)
            assert told(before + spoilt + behind).startswith("one of its frames is not whole, before byte ")
    for spoilt in (b"\x55" * len(frame), b"\xfe" + frame[1:], frame[:200]):
        for tag in (b"", b"TAG" + bytes(125)):
            assert told(frame * 99 + spoilt + tag) == "its last frame is not whole"


@pytest.mark.parametrize("header", [b"\xff\xf3\x40\xc0", b"\xff\xfd\xa4\x00", b"\xff\xff\xa4\x00", b"\xff\xe3\x40\xc0"])
def test_frames_of_every_version_and_layer_have_their_length(header: bytes) -> None:
    lengths = {b"\xff\xf3": 104, b"\xff\xfd": 576, b"\xff\xff": 320, b"\xff\xe3": 208}
    frame = header.ljust(lengths[header[:2]], b"\x01")
    assert told(frame * 4, "mp3") == ""
    assert told(frame * 4 + frame[:-1], "mp3") == "its last frame is not whole"


def test_an_archive_without_what_makes_it_a_book_is_none() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
    assert told(made.getvalue()) == "`META-INF/container.xml`, which names its package document, is missing"


def test_zeros_inside_an_archive_or_a_picture_are_told_by_their_checksum() -> None:
    book = small.epub("x" * 3_000)
    start = book.index(b"xxxx")
    assert told(book[:start] + bytes(800) + book[start + 800 :]) == "its `p.opf` cannot be unpacked, or is not what its checksum says"
    cover = small.png("x" * 3_000)
    start = cover.index(b"xxxx")
    assert told(cover[:start] + bytes(800) + cover[start + 800 :]) == "its part `tEXt` is not what its checksum says"


def test_zeros_over_the_pixels_of_a_jpeg_are_damage_where_its_codes_cannot_mean_them() -> None:
    for optimize, progressive in ((False, False), (True, False), (False, True)):
        for even in (Image.new("RGB", (1200, 1600), "black"), Image.new("L", (1200, 1600), "white")):
            assert told(saved(even, optimize=optimize, progressive=progressive)) == ""
    for noisy in (Image.effect_noise((400, 500), 80), Image.effect_noise((400, 500), 80).convert("RGB")):
        whole = saved(noisy)
        middle = len(whole) // 2
        assert told(whole) == ""
        assert told(whole[:middle] + bytes(800) + whole[middle + 800 :]) == "it has zeros inside that are no pixels"


def saved(image: Image.Image, **options: bool) -> bytes:
    made = io.BytesIO()
    image.save(made, "JPEG", **options)
    return made.getvalue()


def objects(*made: bytes) -> bytes:
    """Make a PDF of objects, with a table of them."""
    text, table = b"%PDF-1.7\n", b"0000000000 65535 f \n"
    for number, said in enumerate(made, 1):
        table += b"%010d 00000 n \n" % len(text)
        text += b"%d 0 obj\n%s\nendobj\n" % (number, said)
    return text + b"xref\n0 %d\n%strailer\n<</Size 9/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(made) + 1, table, len(text))


def stream(data: bytes, said: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (said, len(data), data)


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1/Names[%s]>>" % (b"(of the sea)" * 40)
LINES = b"0 0 m 1 1 l S\n" * 100


@pytest.mark.parametrize(
    "made",
    [
        stream(bytes(5_000), b"/Subtype/Image"),
        stream(bytes(5_000), b"/Length1 5000"),
        stream(zlib.compress(bytes(9_000_000)), b"/Filter/FlateDecode"),
        stream(zlib.compress(bytes(9_000_000), 1), b"/Filter [ /FlateDecode ]"),
        stream(b"\xff\xd8" + bytes(500) + b"\xff\xd9", b"/Filter/DCTDecode"),
    ],
)
def test_zeros_that_belong_to_a_pdf_are_no_damage(made: bytes) -> None:
    whole = objects(CATALOG, PAGES, made)
    assert told(whole) == ""
    assert told(whole + bytes(600)) == ""


def test_zeros_that_fill_up_between_the_objects_of_a_pdf_are_no_damage() -> None:
    whole = objects(CATALOG, PAGES)
    at = whole.index(b"xref")
    padded = whole[:at] + bytes(500) + whole[at:].replace(b"startxref\n%d" % at, b"startxref\n%d" % (at + 500))
    assert told(padded) == ""


@pytest.mark.parametrize("size", [40, 200, 800])
@pytest.mark.parametrize("compressed", [True, False])
def test_zeros_anywhere_inside_the_objects_of_a_pdf_are_damage(size: int, compressed: bool) -> None:
    dice = random.Random(0)
    noise = bytes(dice.randrange(1, 256) for _ in range(3_000))
    page = stream(zlib.compress(noise), b"/Filter/FlateDecode") if compressed else stream(LINES * 2)
    whole = objects(CATALOG, PAGES, page, PAGES)
    end = whole.index(b"xref")
    sound = [at for at in range(9, end - size) if not told(whole[:at] + bytes(size) + whole[at + size :])]
    assert sound == []


def test_an_object_of_a_pdf_that_is_all_zeros_is_damage() -> None:
    whole = objects(CATALOG, PAGES, PAGES)
    start = whole.index(b"2 0 obj")
    end = whole.index(b"3 0 obj")
    assert told(whole[:start] + bytes(end - start) + whole[end:]) == f"it has {end - start} zeros inside, from byte {start} on"


def test_a_picture_within_a_picture_does_not_end_it() -> None:
    thumbnail = b"\xff\xe1\x00\x10" + b"\xff\xd8\xff\xd9".ljust(14, b"\0")
    whole = b"\xff\xd8" + thumbnail + small.jpeg()[2:]
    assert told(whole) == ""
    assert told(whole[:-2]) == "the end marker of the picture is missing"


def test_a_bomb_is_not_unpacked_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogctl.config.soundness._UNPACKED", 1 << 20)
    made = io.BytesIO(small.epub())
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(4 << 20))
        archive.writestr("behind", b"never looked at")
    bomb = made.getvalue().replace(b"never looked at", b"never Looked at")
    assert told(bomb) == ""
    monkeypatch.setattr("catalogctl.config.soundness._UNPACKED", 8 << 20)
    assert "`behind`" in told(made.getvalue().replace(zlib.compress(b"never looked at", wbits=-15), b"\xff" * 17))


def test_entities_that_stand_for_very_much_are_not_written_out() -> None:
    entities = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10 if number else "x" * 100}">' for number in range(12))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("META-INF/container.xml", f"<!DOCTYPE x [{entities}]><x>&e11;</x>")
    assert told(made.getvalue(), "epub") == "its `META-INF/container.xml` is no XML"


@pytest.mark.parametrize("kind", [*WHOLE, "zip", "webp"])
def test_no_bytes_make_it_raise(kind: str) -> None:
    dice = random.Random(kind)
    for _ in range(150):
        data = bytearray(WHOLE.get(kind, WHOLE["epub"]))
        for _ in range(dice.randrange(1, 8)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        told(bytes(data[: dice.randrange(len(data) + 1)]), kind)
