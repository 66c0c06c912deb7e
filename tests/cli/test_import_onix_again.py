"""`import onix` over titles that are there: three sides are compared, and only what the feed changed reaches a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogctl.model.region import every_country
from feeds import PRODUCT, message, spoilt
from shop import Ran, Shop, opened

ONIX = "onix: {sender: Ribera, namespace: com.ribera}\n"
TITLE = "catalog/feed/the-low-pier.yaml"
RECORD = "catalog/feed/onix/9788419873408.xml"
REFERENCE = "<RecordReference>com.ribera.pier.epub</RecordReference>\n    <NotificationType>03</NotificationType>"


_SECOND = PRODUCT.rindex("        <Price>")
BOOK = PRODUCT[:_SECOND] + PRODUCT[PRODUCT.index("      </SupplyDetail>") :]
"""With one price, which a store with one price for a currency takes."""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Shop]:
    """A project with the book of the tests, imported, and edited by hand."""
    with opened(tmp_path) as shop:
        shop.project(ONIX)
        imported(shop, BOOK)
        edit(shop, "kind: title\n", "# the pier\nkind: title\n")
        edit(shop, "    weight:", "    publish: {store: {}}  # by hand\n    weight:")
        yield shop


def imported(shop: Shop, *products: str, options: tuple[str, ...] = (), code: int = 0) -> Ran:
    shop.write("feed.xml", message(*products))
    return shop.run("import", "onix", "feed.xml", "--write", "catalog/feed", "--yes", *options).ended(code)


def changed(*changes: tuple[str, str]) -> str:
    text = BOOK
    for old, new in changes:
        text = spoilt(old, new, text)
    return text


def read(shop: Shop, name: str = TITLE) -> str:
    return (shop.folder / name).read_text(encoding="utf-8")


def edit(shop: Shop, old: str, new: str) -> None:
    shop.write(TITLE, spoilt(old, new, read(shop)))


def test_the_same_feed_changes_not_one_byte(house: Shop) -> None:
    before = read(house), read(house, RECORD)
    ran = imported(house, BOOK)
    assert "1 edition as before." in ran.out
    assert (read(house), read(house, RECORD)) == before


def test_only_what_the_feed_changed_reaches_the_file(house: Shop) -> None:
    edit(house, "rights: exclusive\n", "")
    before = read(house)
    ran = imported(house, changed(("The Low Pier<", "The High Pier<"), ("9.99", "9.49"), ("<Measurement>395<", "<Measurement>400<")))
    assert "3 fields of 1 edition changed by the feed." in ran.out
    after = before.replace("title: The Low Pier", "title: The High Pier").replace("9.99", "9.49").replace("395 g", "400 g")
    assert read(house) == after
    assert "The High Pier" in read(house, RECORD)
    assert "1 edition as before." in imported(house, changed(("The Low Pier<", "The High Pier<"), ("9.99", "9.49"), (">395<", ">400<"))).out


def test_what_the_feed_says_no_more_goes_and_what_is_new_comes(house: Shop) -> None:
    status = "<PublishingStatus>04</PublishingStatus>\n"
    audience = "<Audience><AudienceCodeType>01</AudienceCodeType><AudienceCodeValue>01</AudienceCodeValue></Audience>"
    imported(house, changed((status, ""), ("    </DescriptiveDetail>", f"{audience}</DescriptiveDetail>")))
    said = read(house)
    assert "status:" not in said
    assert "audience: general\n" in said


def test_what_both_changed_is_a_conflict_and_nothing_of_the_edition_is_written(house: Shop) -> None:
    edit(house, "title: The Low Pier", "title: My Pier")
    before = read(house), read(house, RECORD)
    new = changed(("The Low Pier<", "The High Pier<"), ("9.99", "9.49"))
    ran = imported(house, new, code=1)
    assert "the-low-pier.epub  title\n    feed before: The Low Pier\n    feed now: The High Pier\n    file: My Pier\n" in ran.out
    assert (read(house), read(house, RECORD)) == before
    imported(house, new, options=("--ours",))
    assert "title: My Pier" in read(house)
    assert "amount: 9.49" in read(house)
    assert "1 edition as before." in imported(house, new).out


def test_the_feeds_value_is_taken_where_it_is_said_so(house: Shop) -> None:
    edit(house, "title: The Low Pier", "title: My Pier")
    imported(house, changed(("The Low Pier<", "The High Pier<")), options=("--theirs",))
    assert "title: The High Pier" in read(house)


def test_an_edition_that_was_declared_before_gets_what_its_file_does_not_say(house: Shop) -> None:
    (house.folder / RECORD).unlink()
    house.write(
        TITLE,
        "kind: title\nid: mine\ntitle: The Low Pier\neditions:\n"
        '  book: {format: epub, isbn: "9788419873408", publish: {store: {}}}  # mine\n',
    )
    imported(house, BOOK)
    said = read(house)
    assert said.startswith("kind: title\nid: mine\ntitle: The Low Pier\nlanguage: en\n")
    assert "reference: com.ribera.pier.epub, record: onix/9788419873408.xml" in said
    assert "publish: {store: {}}" in said
    assert "# mine" in said


def test_a_record_of_a_title_that_is_there_becomes_its_edition(house: Shop) -> None:
    related = (
        "<RelatedMaterial><RelatedProduct><ProductRelationCode>06</ProductRelationCode><ProductIdentifier><ProductIDType>15</ProductIDType>"
        "<IDValue>9788419873408</IDValue></ProductIdentifier></RelatedProduct></RelatedMaterial>"
    )
    form = "<ProductForm>ED</ProductForm>\n      <ProductFormDetail>E101</ProductFormDetail>"
    other = (("com.ribera.pier.epub", "com.ribera.pier.print"), (form, "<ProductForm>BC</ProductForm>"), ("873408<", "873415<"))
    ran = imported(house, changed(*other, ("    <ProductSupply>", f"{related}<ProductSupply>")))
    assert "1 new edition of titles that are there:\n  the-low-pier.print\n" in ran.out
    said = read(house)
    assert said.startswith("# the pier\n")
    assert '  print:\n    format: print\n    isbn: "9788419873415"\n' in said
    assert said.count("title:") == 1
    house.run("validate").ended(0)


def update(blocks: str, kind: str = "04") -> str:
    head = REFERENCE.replace(">03<", f">{kind}<")
    isbn = "<ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9788419873408</IDValue></ProductIdentifier>"
    return f"<Product>{head}{isbn}{blocks}</Product>"


SUPPLY = BOOK[BOOK.index("    <ProductSupply>") : BOOK.index("  </Product>")]


def test_an_update_of_blocks_is_laid_over_the_record_beside_the_title(house: Shop) -> None:
    before = read(house)
    ran = imported(house, update(SUPPLY.replace("9.99", "8.99")))
    assert "1 field of 1 edition changed by the feed." in ran.out
    assert read(house) == before.replace("9.99", "8.99")
    record = read(house, RECORD)
    assert "<NotificationType>03</NotificationType>" in record
    assert "The Low Pier" in record
    assert "8.99" in record


def test_an_update_of_another_release_is_brought_to_the_records(house: Shop) -> None:
    house.write("feed.xml", message(update(SUPPLY.replace("9.99", "8.99")), release="3.0"))
    house.run("import", "onix", "feed.xml", "--write", "catalog/feed", "--yes").ended(0)
    assert "amount: 8.99" in read(house)
    assert 'xmlns="http://ns.editeur.org/onix/3.1/reference"' in read(house, RECORD)


def test_a_whole_record_and_its_update_in_one_run_are_one(house: Shop) -> None:
    ran = imported(house, changed(("The Low Pier<", "The High Pier<")), update(SUPPLY.replace("9.99", "8.99")))
    assert "2 fields of 1 edition changed by the feed." in ran.out
    assert "title: The High Pier" in read(house)
    assert "amount: 8.99" in read(house)


def test_an_update_of_blocks_without_a_record_is_refused(house: Shop) -> None:
    unknown = update(SUPPLY).replace("com.ribera.pier.epub", "com.ribera.other").replace("9788419873408", "9780306406157")
    ran = imported(house, unknown, code=1)
    assert "error: An update without its record" in ran.err
    assert "new title" not in ran.out


def test_an_order_to_delete_is_listed_with_the_block_to_paste_and_never_followed(house: Shop) -> None:
    before = read(house)
    ran = imported(house, update("", kind="05"))
    assert "com.ribera.pier.epub the-low-pier.epub in catalog/feed/the-low-pier.yaml" in " ".join(ran.out.split())
    assert "    removed:\n      - address: store/content/the-low-pier.epub\n" in ran.out
    assert read(house) == before


def test_an_order_to_delete_another_record_of_the_isbn_is_not_about_the_edition(house: Shop) -> None:
    ran = imported(house, update("", kind="05").replace("com.ribera.pier.epub", "com.ribera.double"))
    assert "com.ribera.double no edition of the catalog" in " ".join(ran.out.split())
    assert "removed:" not in ran.out


def test_a_test_record_is_passed_over_unless_it_is_asked_for(house: Shop) -> None:
    new = changed(("com.ribera.pier.epub", "com.ribera.test"), ("9788419873408", "9780306406157"), ("Type>03</Not", "Type>88</Not"))
    assert "Passed over: 1 product, a test record." in imported(house, new).out
    assert "1 new title" in imported(house, new, options=("--test",)).out


def test_a_record_outside_the_project_is_never_read(house: Shop) -> None:
    edit(house, "record: onix/9788419873408.xml", "record: ../../../../etc/passwd")
    ran = imported(house, changed(("9.99", "9.49")), code=1)
    assert "it is outside the project folder" in " ".join(ran.err.split())
    assert "root:" not in ran.all


@pytest.mark.parametrize("spoil", ["<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", "no xml", ""])
def test_a_record_that_is_none_keeps_its_edition_as_it_is(house: Shop, spoil: str) -> None:
    house.write(RECORD, spoil)
    before = read(house)
    ran = imported(house, changed(("9.99", "9.49")), code=1)
    assert "Traceback" not in ran.err
    assert read(house) == before


def test_a_record_of_another_edition_is_never_written_over(house: Shop) -> None:
    kept = read(house, RECORD)
    edit(house, 'isbn: "9788419873408"', 'isbn: "9780306406157"')
    ran = imported(house, changed(("com.ribera.pier.epub", "com.ribera.other"), ("The Low Pier<", "The Other Pier<")))
    assert "1 new title with 1 edition" in ran.out
    assert read(house, RECORD) == kept
    assert "record: onix/com-ribera-other-" in read(house, "catalog/feed/the-other-pier.yaml")


def test_two_records_of_one_edition_are_not_both_taken(house: Shop) -> None:
    isbn = "<ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>9788419873408</IDValue></ProductIdentifier>"
    first = changed((isbn, ""))
    second = changed(("com.ribera.pier.epub", "com.ribera.other"), ("9.99", "9.49"))
    ran = imported(house, first, second, options=("--theirs",), code=1)
    assert "is the edition of another record of this import already" in " ".join(ran.err.split())
    assert "Traceback" not in ran.err


def test_an_edited_file_stays_in_the_one_layout_where_it_was_in_it(house: Shop) -> None:
    house.run("fmt").ended(0)

    some = " ".join(every_country()[:100])
    imported(
        house,
        changed(("<CountriesExcluded>US CA<", f"<CountriesExcluded>{some}<"), ("<CountriesIncluded>US CA<", f"<CountriesIncluded>{some}<")),
    )
    assert "territories:\n  except:\n    - AD\n" in read(house)
    house.run("fmt", "--check").ended(0)
