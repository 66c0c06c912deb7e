"""A stored content as the API shows it: the row of the list's sample and the issue of the create sample, key for key."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from catalogctl.provider.emulation import Json
from catalogctl.providers.publicala.sandbox.issue import AUDIO, CURRENCIES, PHYSICAL, Issue
from catalogctl.providers.publicala.sandbox.switches import PublicalaSwitches

STORE_URL = "https://your-store.com"
OWN_TENANT, OTHER_TENANT = 1, 627
TRUNCATED_LENGTH = 59
_STAMP = "%Y-%m-%d %H:%M:%S"
_TAG = re.compile(r"<[^>]*>")
_BREAK = re.compile(r"\r\n|\n|\r")


def shown_row(issue: Issue, status: str, switches: PublicalaSwitches, *, truncated: bool) -> dict[str, Json]:
    """Show a content as a row of GET; taxonomies and the file's source are never among its keys."""
    description = shown_description(issue, switches)
    if truncated and description is not None and len(description) > TRUNCATED_LENGTH:
        description = f"{description[:TRUNCATED_LENGTH]}..."
    moment = _published(issue, switches)
    moment_utc = _published_utc(issue, switches)
    slug = slug_of(issue)
    cover = f"{STORE_URL}/publicala/issues/{issue.publication_date[:4]}/{issue.id}_cover.jpg"
    row: dict[str, Json] = {
        "id": issue.id,
        "external_id": issue.external_id,
        "version": 1,
        "marketplace": 1,
        "license": {"ppu": False, "retail": True},
        "discount": 50,
        "file_type": _file_type(issue, switches),
        "lang": issue.lang,
        "user_id": 1,
        "medusa_automation_id": None,
        "name": issue.name,
        "slug": slug,
        "conversion_status": status,
        "conversion_settings": {"PdfSplitInPages": {"pagesPerGroup": None, "concurrentWorkerRequests": None}},
        "conversion_details": None,
        "published_at": moment,
        "bucket_domain": "storage.publica.la",
        "cover_image_path": cover,
        "number_of_pages": None,
        "notifies_users": None,
        "notification_text": None,
        "notified_users_at": None,
        "medusa_automation_status": None,
        "created_at": issue.created_at,
        "ti_id": issue.id + 62000,
        "ti_tenant_id": _tenant(issue),
        "ti_issue_id": issue.id,
        "ti_license": "retail",
        "ti_withdrawn": 0,
        "ti_free": int(issue.free),
        "ti_free_to": None,
        "ti_require_login": None,
        "ti_preview": 0,
        "ti_require_login_for_preview": 0,
        "ti_private_material": None,
        "ti_published_at": moment_utc,
        "ti_created_at": issue.created_at,
        "ti_updated_at": issue.updated_at,
        "ti_deleted_at": None,
        "cover": cover,
        "url": f"{STORE_URL}/reader/{slug}",
        "share_url": f"{STORE_URL}/library/publication/{slug}",
        "public_file_url": f"{STORE_URL}/api/v1/dashboard/issues/{issue.id}/temp-public-url",
        "current_session_limit": 0,
        "can_be_removed_from_inventory": True,
        "notes_count": 0,
        "description": description,
        "description_with_html": _with_breaks(description),
        "is_owned_by_current_tenant": issue.owned,
        "free": issue.free,
        "free_to": None,
        "prices": _prices(issue, switches),
        "preview": True,
        "private_material": None,
        "publication_date": moment,
        "require_login": None,
        "require_login_for_preview": 0,
        "conversion_status_progress": _progress(status, switches),
        "published_at_utc": moment_utc,
        "price_morph": _price_morph(issue),
        "sessions": None,
        "issue_description": {"issue_id": issue.id, "description": description},
    }
    return row | issue.shown


def shown_created(issue: Issue, status: str, switches: PublicalaSwitches) -> dict[str, Json]:
    """Show a content as the `issue` of the answer to its POST."""
    description = shown_description(issue, switches)
    moment = _published(issue, switches)
    return {
        "lang": issue.lang,
        "name": issue.name,
        "external_id": issue.external_id,
        "published_at": moment,
        "notifies_users": 0,
        "notification_text": None,
        "medusa_automation_id": None,
        "medusa_automation_status": None,
        "audience": None,
        "version": 1,
        "user_id": 1,
        "slug": slug_of(issue),
        "bucket_domain": "storage.publica.la",
        "conversion_status": status,
        "conversion_settings": {
            "PdfConversionQuality": "high",
            "PdfSplitInPages": {"pagesPerGroup": None, "concurrentWorkerRequests": None},
            "PdfProcessPages": {"pagesPerGroup": None, "concurrentWorkerRequests": 16},
        },
        "id": issue.id,
        "description": description,
        "description_raw_text": None if description is None else _BREAK.sub("", _TAG.sub("", description)),
        "description_with_html": _with_breaks(description),
        "is_owned_by_current_tenant": issue.owned,
        "free": issue.free,
        "free_to": None,
        "prices": _prices(issue, switches),
        "preview": None,
        "private_material": None,
        "publication_date": moment,
        "require_login": None,
        "require_login_for_preview": None,
        "conversion_status_progress": _progress(status, switches),
        "published_at_utc": _published_utc(issue, switches),
        "issue_description": {"issue_id": issue.id, "description": description},
        "price_morph": _price_morph(issue),
        "file": _file(issue),
    }


def stamp(moment: datetime) -> str:
    """Write an instant as the API does, in UTC and without saying so."""
    return moment.astimezone(UTC).strftime(_STAMP)


def slug_of(issue: Issue) -> str:
    """Make the part of a content's addresses that says its name."""
    # The id makes it unique, where the create sample's numeric suffix is the time.
    plain = unicodedata.normalize("NFKD", issue.name).encode("ascii", "ignore").decode().lower()
    return f"{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')}-{issue.id}".lstrip("-")


def shown_description(issue: Issue, switches: PublicalaSwitches) -> str | None:
    """Return a description as it comes back."""
    if issue.description is None or switches.html_echo == "exact":
        return issue.description
    return _BREAK.sub("\r\n", issue.description)


def _midnight(issue: Issue, switches: PublicalaSwitches) -> datetime:
    return datetime.combine(date.fromisoformat(issue.publication_date), time(), ZoneInfo(switches.timezone))


def _published(issue: Issue, switches: PublicalaSwitches) -> dict[str, Json]:
    instant = int(_midnight(issue, switches).timestamp())
    return {"timestamp": instant, "date": f"{issue.publication_date} 00:00:00", "timezone": switches.timezone}


def _published_utc(issue: Issue, switches: PublicalaSwitches) -> str:
    return stamp(_midnight(issue, switches))


def _tenant(issue: Issue) -> int:
    return OWN_TENANT if issue.owned else OTHER_TENANT


def _with_breaks(description: str | None) -> str | None:
    return None if description is None else _BREAK.sub(lambda found: f"<br />{found[0]}", description)


def _file_type(issue: Issue, switches: PublicalaSwitches) -> str:
    if issue.extension in AUDIO and switches.audio_file_type != "as_sent":
        return switches.audio_file_type
    return issue.extension


def _prices(issue: Issue, switches: PublicalaSwitches) -> Json:
    if not issue.amounts_in_cents and switches.empty_prices == "list":
        return []
    return {currency: amount // 100 if amount % 100 == 0 else amount / 100 for currency, amount in issue.amounts_in_cents.items()}


def _price_morph(issue: Issue) -> list[Json]:
    return [
        {
            "tenant_id": _tenant(issue),
            "id": issue.id * len(CURRENCIES) + CURRENCIES.index(currency),
            "priceable_type": "issue",
            "priceable_id": issue.id,
            "type": "single",
            "country_code": None,
            "currency_id": currency,
            "amount_in_cents": amount,
            "created_at": issue.created_at,
            "updated_at": issue.updated_at,
            "deleted_at": None,
        }
        for currency, amount in issue.amounts_in_cents.items()
    ]


def _file(issue: Issue) -> Json:
    if issue.extension == PHYSICAL:
        return None
    return {
        "tenant_id": _tenant(issue),
        "issue_id": issue.id,
        "id": issue.id,
        "version": 1,
        "track_title": issue.name,
        "duration": 728 if issue.extension in AUDIO else None,
        "order": 0,
        "size_in_kb": 1024,
    }


def _progress(status: str, switches: PublicalaSwitches) -> str | None:
    if status not in switches.conversion_steps:
        return None
    return f"Starting conversion process {switches.conversion_steps.index(status) + 1}/{len(switches.conversion_steps)}"


ROW_KEYS = frozenset(
    shown_row(
        Issue(id=0, external_id=None, name="", extension=PHYSICAL, publication_date="2000-01-01", created_at="", updated_at=""),
        "done",
        PublicalaSwitches(),
        truncated=False,
    ),
)
