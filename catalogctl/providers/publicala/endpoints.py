"""publica.la's two content APIs as a table; the only file with paths.

Source: the service's pages on content and on audiobook tracks, last read 2026-11-22. A trailing slash is accepted on the
list of v1 and not used.
"""

from catalogctl.provider.endpoint import Endpoint

_ISSUES = "/integration-api/v1/dashboard/issues"
_CONTENT = "/api/v3/content"
_TRACKS = _CONTENT + "/{content}/tracks"

LIST = Endpoint("GET", _ISSUES, frozenset({200}), repeatable=True)
READ = Endpoint("GET", _ISSUES + "/{id}", frozenset({200}), repeatable=True)
CREATE = Endpoint("POST", _ISSUES, frozenset({201}), repeatable=False)
UPDATE = Endpoint("PUT", _ISSUES + "/{id}", frozenset({204}), repeatable=True)
DELETE = Endpoint("DELETE", _ISSUES + "/{id}", frozenset({200}), repeatable=True)

V3_LIST = Endpoint("GET", _CONTENT, frozenset({200}), repeatable=True)
V3_READ = Endpoint("GET", _CONTENT + "/{id}", frozenset({200}), repeatable=True)
V3_CREATE = Endpoint("POST", _CONTENT, frozenset({201}), repeatable=False)
V3_UPDATE = Endpoint("PUT", _CONTENT + "/{id}", frozenset({200}), repeatable=True)
V3_DELETE = Endpoint("DELETE", _CONTENT + "/{id}", frozenset({204}), repeatable=True)

TRACKS = Endpoint("GET", _TRACKS, frozenset({200}), repeatable=True)
ADD_TRACK = Endpoint("POST", _TRACKS, frozenset({201}), repeatable=False)
UPDATE_TRACK = Endpoint("PUT", _TRACKS + "/{track}", frozenset({200}), repeatable=True)
DELETE_TRACK = Endpoint("DELETE", _TRACKS + "/{track}", frozenset({204}), repeatable=True)
REORDER = Endpoint("PUT", _TRACKS + "/order", frozenset({204}), repeatable=True)
