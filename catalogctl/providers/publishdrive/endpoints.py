"""PublishDrive's Distribution API as a table; the only file with paths.

Source: the service's pages on each operation, seen 2026-11-22. What changes a book is repeatable where it says what shall be,
and is sent before the book is published: a second time it finds everything as the first time left it. An address for an upload
that no one uses changes nothing.
"""

from catalogctl.provider.endpoint import Endpoint

_BOOKS = "/books"
_BOOK = "/books/{book}"

LIST = Endpoint("GET", _BOOKS, frozenset({200}), repeatable=True)
READ = Endpoint("GET", _BOOK, frozenset({200}), repeatable=True)
FIND = Endpoint("GET", "/books/external-id/{key}", frozenset({200}), repeatable=True)
CREATE = Endpoint("POST", _BOOKS, frozenset({201}), repeatable=False)
UPDATE = Endpoint("PATCH", _BOOK, frozenset({200}), repeatable=True)
DELETE = Endpoint("DELETE", _BOOK, frozenset({204}), repeatable=True)
REQUEST = Endpoint("POST", _BOOK + "/upload", frozenset({200, 201}), repeatable=True)
PUT = Endpoint("PUT", "(upload address)", frozenset({200}), repeatable=True, elsewhere=True)
ATTACH = Endpoint("PATCH", _BOOK + "/file/{file}/attach", frozenset({200}), repeatable=True)
PUBLISH = Endpoint("POST", _BOOK + "/publish", frozenset({200, 202, 204}), repeatable=False)
UNPUBLISH = Endpoint("POST", _BOOK + "/unpublish", frozenset({204}), repeatable=False)
