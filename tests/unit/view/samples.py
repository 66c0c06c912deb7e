"""Plans made by hand over one small resource type, to be looked at in tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from catalogctl.events import (
    ApplyFinished,
    ApplyStarted,
    AssetCutOff,
    AssetPublished,
    AssetRead,
    AssetSent,
    CallFinished,
    CallStarted,
    Event,
    LoadFinished,
    ObjectRefused,
    ObjectSettled,
    OperationFailed,
    OperationFinished,
    OperationProgressed,
    OperationSkipped,
    OperationStarted,
    OperationWithheld,
    PlanMade,
    Recovered,
    RefreshFinished,
    RefreshProgressed,
    Waited,
)
from catalogctl.model.address import Address
from catalogctl.model.asset import Asset
from catalogctl.model.diagnostics import Diagnostic, SourceRange, warning
from catalogctl.model.resource import Attribute, Identity, Kind, ReplaceOrder, ResourceType, Shape, Trait
from catalogctl.model.title import Ignore, Origin
from catalogctl.model.value import Attributes, Value
from catalogctl.planning.action import Action, Reason
from catalogctl.planning.change import ABSENT, UNREADABLE, AttributeChange, Change, Drift, LeftAlone, Missing
from catalogctl.planning.order import OperationGraph
from catalogctl.planning.plan import Base, Estimate, Plan, PlannedRequest

REPLACES = frozenset({Trait.REPLACES})

ATTRIBUTES = (
    Attribute("name", Kind.TEXT),
    Attribute("lang", Kind.TEXT),
    Attribute("author", Kind.TEXT, Shape.LIST),
    Attribute("publication_date", Kind.DATE),
    Attribute("free", Kind.BOOLEAN),
    Attribute("pages", Kind.INTEGER),
    Attribute("prices", Kind.MONEY, Shape.MAP),
    Attribute("bisac", Kind.TEXT, Shape.SET),
    Attribute("keyword", Kind.TEXT, Shape.SET),
    Attribute("description", Kind.LONG_TEXT),
    Attribute("table_of_contents", Kind.JSON),
    Attribute("content", Kind.ASSET, traits=REPLACES),
    Attribute("cover", Kind.ASSET, traits=frozenset({Trait.WRITE_ONLY})),
)

CONTENT = ResourceType(
    provider="sample",
    name="content",
    attributes={attribute.name: attribute for attribute in ATTRIBUTES},
    key="external_id",
    identity=Identity.ENFORCED,
    replace_order=ReplaceOrder.DELETE_FIRST,
    loss="the book, its reading statistics and its place in every reader's library",
)

BLURB = (
    "<p>O trabalho com o espelho — aprender a se amar — é um dos exercícios mais poderosos que existem. Olhar nos próprios olhos e "
    "dizer palavras de amor muda, pouco a pouco, a maneira como falamos com nós mesmos.</p>\n<p>Neste livro, vinte e um dias de "
    "prática: cada dia uma lição, uma afirmação e uma página em branco. Não é preciso ler tudo de uma vez; basta um minuto pela "
    "manhã, em frente ao espelho do banheiro, e a disposição de ouvir.</p>\n<p>Com um prefácio da editora e um índice de "
    "afirmações.</p>"
)


def at(title: str, edition: str = "epub", account: str = "store") -> Address:
    return Address(account, "content", title, edition)


def differs(name: str, before: Value | Missing, after: Value | Missing, *more: str) -> AttributeChange:
    return AttributeChange((name, *more), CONTENT.attributes[name], before, after)


def all_of(attributes: Attributes, *, gone: bool = False) -> tuple[AttributeChange, ...]:
    """The attribute changes of a create or a delete."""
    changes: list[AttributeChange] = []
    for name, value in sorted(attributes.items()):
        entries: list[tuple[tuple[str, ...], Value]] = [((), value)]
        if isinstance(value, Mapping):
            entries = [((key,), item) for key, item in sorted(value.items())]
        changes += [differs(name, item if gone else ABSENT, ABSENT if gone else item, *more) for more, item in entries]
    return tuple(changes)


def creating(address: Address, attributes: Attributes, line: int = 1) -> Change:
    origin = Origin(f"catalog/{address.title}.yaml", 0, (line,))
    return Change(address, CONTENT, Action.CREATE, Reason.DECLARED, None, "key", None, attributes, all_of(attributes), origin=origin)


def updating(address: Address, *changes: AttributeChange, reason: Reason = Reason.EDITED) -> Change:
    origin = Origin(f"catalog/{address.title}.yaml", 0, (12,))
    return Change(address, CONTENT, Action.UPDATE, reason, "1001", "key", {}, {}, changes, origin=origin)


def unchanged(title: str) -> Change:
    return Change(at(title), CONTENT, Action.NO_OP, Reason.NONE, "1", "key", {}, {})


def aside(moved: int, left: int) -> Plan:
    """A plan that sends nothing: so many objects moved, and so many are left alone as one entry of `ignore_changes` says."""
    rule = Ignore("prices.USD", "the store runs a campaign", date(2099, 12, 31))
    alone = (LeftAlone(("prices", "USD"), rule),)
    return plan(
        *(replace(unchanged(f"left-{number}"), ignored=alone, updates_state_only=True) for number in range(left)),
        *(replace(unchanged(f"new-{number:02}"), moved_from=at(f"old-{number:02}")) for number in range(moved)),
    )


def place(change: Change) -> str:
    assert change.origin is not None
    line = change.origin.pointer[0] if change.origin.pointer else 1
    return f"{change.origin.path}:{line}"


def plan(
    *changes: Change,
    drift: tuple[Drift, ...] = (),
    requests: tuple[PlannedRequest, ...] = (),
    seconds: float = 0.0,
    reads: int = 4,
    diagnostics: tuple[Diagnostic, ...] = (),
    titles: Mapping[str, str] | None = None,
) -> Plan:
    ordered = tuple(sorted(changes, key=lambda change: change.address))
    base = Base("default", "lineage", 7, "digest")
    return Plan(ordered, OperationGraph(), drift, base, requests, Estimate(len(requests), seconds), reads, diagnostics, titles or {})


AMOUNTS = (
    "USD 4.99|ARS 2400.00|EUR 4.49|MXN 89.00|COP 19900.00|PEN 18.50|CLP 4590.00|AUD 7.49|UYU 199.00|BOB 34.50|PYG 36900.00|BRL 24.90"
    "|INR 419.00|GTQ 38.50|HNL 123.00"
)
PRICES: Mapping[str, Decimal] = {entry[:3]: Decimal(entry[4:]) for entry in AMOUNTS.split("|")}

OLD_FILE = Asset("", sha256="1a2b3c4d" * 8)
NEW_FILE = Asset("assets/mirror-work.epub", sha256="99f0e1d2" * 8, size=1_240_000)

MIRROR: Attributes = {
    "name": "Trabalhando com o Espelho",
    "lang": "pt",
    "author": ("Louise Hay", "Robert Holden"),
    "publication_date": date(2019, 9, 13),
    "free": False,
    "prices": {"EUR": Decimal("2.35"), "USD": Decimal("2.00")},
    "bisac": ("OCC019000", "SEL009000"),
    "keyword": ("afirmações", "autoestima", "espelho"),
    "description": BLURB,
    "table_of_contents": '[{"level":0,"title":"Dia 1"},{"level":0,"title":"Dia 2"}]',
    "content": NEW_FILE,
    "cover": Asset("https://cdn.example.com/mirror.jpg"),
}


def everything() -> Plan:
    """Each kind of action and of attribute once."""
    updated = updating(
        at("dom-casmurro"),
        differs("author", ("Machado de Assis",), ("Joaquim Maria Machado de Assis", "Machado de Assis")),
        differs("bisac", ("FIC004000", "FIC019000"), ("FIC004000", "FIC019000", "FIC061000")),
        differs(
            "description",
            BLURB,
            BLURB.replace("um dos exercícios mais poderosos", "um dos exercícios mais simples")
            .replace("uma página em branco", "duas páginas em branco")
            .replace("um minuto pela manhã", "alguns minutos pela manhã"),
        ),
        differs("free", True, False),
        differs("lang", "pt", "pt-br"),
        differs("name", "Dom Casmurro", "Dom Casmurro: edição anotada"),
        differs("pages", UNREADABLE, 288),
        differs("prices", Decimal("2.00"), Decimal("2.50"), "EUR"),
        differs("prices", ABSENT, Decimal("1249.00"), "MXN"),
        differs("prices", Decimal("2.50"), ABSENT, "USD"),
        differs("publication_date", date(2019, 9, 13), date(2024, 1, 5)),
        differs(
            "table_of_contents",
            '[{"level":0,"title":"Do título"},{"level":0,"title":"Do livro"}]',
            '[{"level":0,"title":"Do título"},{"level":1,"title":"Do livro"},{"level":0,"title":"A denúncia"}]',
        ),
    )
    replaced = Change(
        at("mirror-work"),
        CONTENT,
        Action.REPLACE,
        Reason.CANNOT_CHANGE_IN_PLACE,
        "4711",
        "isbn112233441",
        MIRROR,
        MIRROR,
        (differs("content", OLD_FILE, NEW_FILE), differs("free", False, True)),
        origin=Origin("catalog/mirror-work.yaml", 0, (14,)),
    )
    lost = all_of(MIRROR, gone=True)
    deleted = Change(at("mirror-work", "pdf"), CONTENT, Action.DELETE, Reason.NO_LONGER_DECLARED, "4712", "key", MIRROR, None, lost)
    adopted = Change(at("azul"), CONTENT, Action.ADOPT, Reason.FOUND_BY_KEY, "88", "9789500000001", MIRROR, MIRROR, protect=True)
    adopted_and_updated = Change(
        at("azul", account="store-mx"),
        CONTENT,
        Action.ADOPT,
        Reason.FOUND_BY_KEY,
        "17",
        "9789500000001",
        MIRROR,
        MIRROR,
        (differs("prices", Decimal("99.00"), Decimal("89.00"), "MXN"),),
        origin=Origin("catalog/azul.yaml", 0, (9,)),
    )
    forgotten = Change(at("o-cortico"), CONTENT, Action.FORGET, Reason.ALREADY_GONE, "5", "key", MIRROR, None)
    drift = (
        Drift(at("dom-casmurro"), CONTENT, (differs("prices", Decimal("2.50"), Decimal("2.00"), "EUR"),), gone=False, matters=True),
        Drift(at("o-cortico"), CONTENT, (), gone=True, matters=True),
        Drift(at("frankenstein"), CONTENT, (differs("pages", 1, 2),), gone=False, matters=False),
    )
    requests = (
        PlannedRequest("POST", "/integration-api/v1/dashboard/issues", at("frankenstein"), "create store/content/frankenstein.epub"),
        PlannedRequest("PUT", "/integration-api/v1/dashboard/issues/{id}", at("dom-casmurro"), "update store/content/dom-casmurro.epub"),
        PlannedRequest("DELETE", "/integration-api/v1/dashboard/issues/{id}", at("mirror-work"), "delete store/content/mirror-work.epub"),
        PlannedRequest("POST", "/integration-api/v1/dashboard/issues", at("mirror-work"), "create store/content/mirror-work.epub"),
        PlannedRequest(
            "DELETE", "/integration-api/v1/dashboard/issues/{id}", at("mirror-work", "pdf"), "delete store/content/mirror-work.pdf"
        ),
        PlannedRequest(
            "PUT", "/integration-api/v1/dashboard/issues/{id}", at("azul", account="store-mx"), "update store-mx/content/azul.epub"
        ),
    )
    found = warning(
        "description-shortened",
        "The description is longer than the store shows",
        "The store's page shows 2,000 characters; this one has 2,310.",
        "shorten the description, or leave it if the full text matters elsewhere",
        address="store/content/dom-casmurro.epub",
        attribute="description",
    ).at(SourceRange("catalog/dom-casmurro.yaml", 9, 3, 14, "  description: |"))
    return plan(
        creating(at("frankenstein"), {**MIRROR, "name": "Frankenstein; or, The Modern Prometheus", "prices": PRICES}, 3),
        updated,
        replaced,
        deleted,
        adopted,
        adopted_and_updated,
        forgotten,
        *(unchanged(f"still-{number}") for number in range(41)),
        drift=drift,
        requests=requests,
        seconds=41.0,
        reads=12,
        diagnostics=(found,),
        titles={
            "dom-casmurro": "Dom Casmurro",
            "mirror-work": "Trabalhando com o Espelho",
            "azul": "Azul…",
            "frankenstein": "Frankenstein; or, The Modern Prometheus",
            "o-cortico": "O Cortiço",
        },
    )


def large_values() -> Plan:
    """What does not fit at first: long names, other scripts, many prices, many keywords, a rewritten text, one emptied, one new."""
    words = tuple(f"palabra-{number:03}" for number in range(200))
    fewer = tuple(word for word in words if not word.endswith("7"))
    raised = tuple(differs("prices", PRICES[code], PRICES[code] * Decimal("1.1"), code) for code in sorted(PRICES))
    long_name = "Verdadera historia de los sucesos de la conquista de la Nueva España, escrita por uno de sus conquistadores"
    return plan(
        updating(
            at("conquista"),
            differs("name", f"{long_name}, tomo primero", f"{long_name}, tomo segundo"),
            differs("keyword", words, (*fewer, "crónica", "México, siglo XVI")),
            *raised,
        ),
        updating(
            at("scripts"),
            differs("name", "紅樓夢：程乙本", "紅樓夢（程乙本）校注"),
            differs("lang", "שלום עולם", "مرحبا بالعالم"),
            differs("author", ("曹雪芹", "高鶚"), ("高鶚", "曹雪芹")),
            differs("description", "滿紙荒唐言，一把辛酸淚！都云作者癡，誰解其中味？", "滿紙荒唐言，兩把辛酸淚！都云作者癡，誰解其中味？"),
            reason=Reason.BOTH,
        ),
        updating(
            at("scripts", "pdf"),
            differs("name", "caf\u00e9", "cafe\u0301"),
            differs("description", "<p>ספר על הים ועל הספינות</p>", "<p>ספר על היער ועל הספינות</p>"),
            differs("keyword", ("mar",), ()),
        ),
        updating(
            at("texts"),
            differs("description", BLURB, "Uma edição nova, com texto estabelecido a partir do manuscrito e notas para a escola."),
            differs("pages", 120, 131),
        ),
        updating(at("texts", "pdf"), differs("description", BLURB, None), differs("cover", Asset("https://a.example/1.jpg"), UNREADABLE)),
        updating(at("texts", "print"), differs("description", ABSENT, BLURB), differs("table_of_contents", "<ol><li>Uno</li></ol>", "[]")),
        titles={"conquista": long_name, "scripts": "紅樓夢", "texts": "متن کتاب"},
        reads=1,
        requests=(PlannedRequest("PUT", "/integration-api/v1/dashboard/issues/{id}", at("texts"), "update store/content/texts.epub"),),
        seconds=0.4,
    )


HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07 \x9b31m \x08\x08 a\r\nb\u2028c\u2029d \u202eevil\u202c \u2066x\u2069 \u200bz\u200d \ufeff \u00ad "
    "\U000e0041 \ud800 \ue000 \u3164 e" + "\u0301" * 40
)


def hostile(text: str = HOSTILE) -> Plan:
    """A plan that has the same foreign text in every place that foreign text can come to."""
    address = Address("store", "content", text, text, text)
    attributes: Attributes = {
        "name": text,
        "author": (text, "b"),
        "prices": {text: Decimal(1)},
        "description": text * 20,
        "table_of_contents": text,
        "content": Asset(f"assets/{text}", sha256="1a2b3c4d" * 8, size=5),
        "cover": Asset(f"https://example.com/{text}"),
    }
    other = replace(address, title="u" + text)
    origin = Origin(text, 0, (3,))
    changes = (
        differs("author", (text, "b"), ("c", text + text)),
        differs("content", Asset(text), Asset(text + "2")),
        differs("description", f"a {text} b c d e f g h", f"a {text}{text} b c d e f g h"),
        differs("name", text, text + text),
        differs("prices", Decimal(1), Decimal(2), text),
        differs("table_of_contents", '{"a": 1}', '{"' + text.encode("unicode_escape").decode().replace("\\", "") + '": 2}'),
    )
    hint = " ".join(text.splitlines())  # a second line would be there to be copied, and is as wide as it is
    problem = warning(text, text, text, hint, address=text, attribute=text).at(SourceRange(text, 3, 2, 5, text))
    return plan(
        Change(address, CONTENT, Action.CREATE, Reason.DECLARED, None, text, None, attributes, all_of(attributes), origin=origin),
        Change(other, CONTENT, Action.UPDATE, Reason.EDITED, text, text, attributes, attributes, changes, origin=origin),
        Change(replace(address, title="d" + text), CONTENT, Action.DELETE, Reason.DESTROY, text, text, attributes, None),
        drift=(Drift(address, CONTENT, changes, gone=False, matters=True),),
        requests=(PlannedRequest("PUT", text, address, text),),
        diagnostics=(problem,),
        titles={text: text, "u" + text: "name " + text},
    )


def priced(title: str, before: str, after: str) -> Change:
    """A change of one price, with both sides in full, as the planner makes it."""
    change = updating(at(title), differs("prices", Decimal(before), Decimal(after), "USD"))
    return replace(change, before={"prices": {"USD": Decimal(before)}}, after={"prices": {"USD": Decimal(after)}})


def many(count: int, risky: int = 0) -> Plan:
    """So many titles with a new text and a new price, the last few of them cheaper than before."""
    changes = []
    for number in range(count):
        change = priced(f"t{number:05}", "9.90", "4.90" if number >= count - risky else "10.90")
        text = differs("description", BLURB, BLURB.replace("livro", f"tomo {number}"))
        changes.append(replace(change, attributes=(text, *change.attributes)))
    requests = tuple(PlannedRequest("PUT", "/issues/{id}", change.address, f"update {change.address}") for change in changes)
    return plan(*changes, requests=requests, seconds=0.25 * count, titles={f"t{number:05}": f"Title {number}" for number in range(count)})


def kind_with(name: str) -> ResourceType:
    """The sample type with one more text attribute."""
    return replace(CONTENT, attributes={**CONTENT.attributes, name: Attribute(name, Kind.TEXT)})


def every_event() -> tuple[Event, ...]:
    """One event of each kind, and a plan with something of each kind in it."""
    address, refused = at("a"), warning("stale", "It moved", "The object moved.")
    step = ("update store/content/a.epub", "update", address)
    return (
        AssetRead("assets/a.epub", 5, 5),
        LoadFinished(3, 2, 1),
        RefreshProgressed("store", 1, 3),
        RefreshFinished("store", 3),
        Recovered(1, 2, 0),
        PlanMade(everything()),
        ObjectSettled("update", address),
        ObjectRefused("update", address, refused),
        OperationWithheld(*step, "update store/content/b.epub"),
        ApplyStarted(3, {"store": 2, "store-mx": 1}),
        OperationStarted(*step),
        OperationFinished(*step, "41", 0.4),
        OperationFailed(*step, refused, unknown=True),
        OperationSkipped(*step, ""),
        Waited("store", 30.0, "the store asked for patience"),
        AssetPublished("assets/a.epub", 5, reused=False),
        AssetSent("store", "assets/a.epub", 5, 5),
        AssetCutOff("store", "assets/a.epub", 2, 5),
        OperationProgressed("create a", "create", at("a"), 10.0),
        CallStarted("store", 1, "POST", "/issues", at("a")),
        CallFinished("store", 1),
        ApplyFinished(1, 1, 1, 0, 3),
    )
