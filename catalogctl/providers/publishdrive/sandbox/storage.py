"""The storage behind the upload URLs: signatures, their lifetime, and what becomes of bytes.

Chosen where the documents are silent: it is as strict as the stores of objects that have such URLs, so it takes one way
to show who one is and no body of unknown length.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from catalogctl.provider.emulation import SandboxRequest, SandboxResponse
from catalogctl.providers.publishdrive.sandbox.answers import storage_error

PREFIX = "/storage/"
_SIGNING_KEY = b"the emulated storage's own"
_DATE = "%Y%m%dT%H%M%SZ"
_ALGORITHM = "AWS4-HMAC-SHA256"


def presigned(host: str, file_id: str, now: datetime, lifetime: int, signed: str = "host") -> tuple[str, datetime]:
    """Return the URL under which the bytes of a file can be put for `lifetime` seconds, and when it ends.

    Shapes:  `signed` are the headers that its signature covers, and that a request must therefore carry, with semicolons.
    """
    issued = now.astimezone(UTC).replace(microsecond=0)
    path, date = f"{PREFIX}{file_id}", issued.strftime(_DATE)
    query = {
        "X-Amz-Algorithm": _ALGORITHM,
        "X-Amz-Date": date,
        "X-Amz-Expires": str(lifetime),
        "X-Amz-SignedHeaders": signed,
        "X-Amz-Signature": _signature(path, date, str(lifetime)),
    }
    return f"http://{host}{path}?{urlencode(query)}", issued + timedelta(seconds=lifetime)


def refusal(request: SandboxRequest, now: datetime) -> SandboxResponse | None:
    """Judge a request to the storage before its file is looked for; None where it may go on."""
    if request.method != "PUT":
        return storage_error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
    if "apikey" in request.headers or "authorization" in request.headers:
        return storage_error(400, "InvalidArgument", "Only the signature in the query may say who sends this; remove the other header.")
    if "transfer-encoding" in request.headers:
        return storage_error(501, "NotImplemented", "A header you provided implies functionality that is not implemented.")
    if "content-length" not in request.headers:
        return storage_error(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")
    query = dict(parse_qsl(request.query, keep_blank_values=True))
    date, lifetime = query.get("X-Amz-Date", ""), query.get("X-Amz-Expires", "")
    if not hmac.compare_digest(query.get("X-Amz-Signature", "").encode(), _signature(request.path, date, lifetime).encode()):
        return storage_error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the one you provided.")
    if any(name not in request.headers for name in query.get("X-Amz-SignedHeaders", "").split(";")):
        return storage_error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match the one you provided.")
    if now >= datetime.strptime(date, _DATE).replace(tzinfo=UTC) + timedelta(seconds=int(lifetime)):
        return storage_error(403, "AccessDenied", "Request has expired")
    return None


def _signature(path: str, date: str, lifetime: str) -> str:
    return hmac.new(_SIGNING_KEY, f"PUT\n{path}\n{date}\n{lifetime}".encode(), hashlib.sha256).hexdigest()
