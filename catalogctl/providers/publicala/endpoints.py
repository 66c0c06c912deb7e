"""publica.la's v1 content API as a table; the only file with paths.

Source: the service's page on content, seen 2026-11. A trailing slash is accepted on the list and not used.
"""

from catalogctl.provider.endpoint import Endpoint

_ISSUES = "/integration-api/v1/dashboard/issues"

LIST = Endpoint("GET", _ISSUES, frozenset({200}), repeatable=True)
READ = Endpoint("GET", _ISSUES + "/{id}", frozenset({200}), repeatable=True)
CREATE = Endpoint("POST", _ISSUES, frozenset({201}), repeatable=False)
UPDATE = Endpoint("PUT", _ISSUES + "/{id}", frozenset({204}), repeatable=True)
DELETE = Endpoint("DELETE", _ISSUES + "/{id}", frozenset({200}), repeatable=True)
