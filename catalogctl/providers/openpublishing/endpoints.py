"""Open Publishing's API as a table; the only file with paths.

Source: the service's pages on authentication, products, product files and distribution, seen 2026-11-22.
"""

from catalogctl.provider.endpoint import Endpoint

_PRODUCTS = "/resource/v3/products"
_FILES = _PRODUCTS + "/{product}/files"
_SWITCH = "/rpc/v2/products/{product}/distribution"

LOGIN = Endpoint("POST", "/auth/auth", frozenset({200}), repeatable=True)
FIND_PRODUCT = Endpoint("GET", _PRODUCTS, frozenset({200}), repeatable=True)
READ_PRODUCT = Endpoint("GET", _PRODUCTS + "/{product}", frozenset({200}), repeatable=True)
LIST = Endpoint("GET", _FILES, frozenset({200}), repeatable=True)
READ = Endpoint("GET", _FILES + "/{file}", frozenset({200}), repeatable=True)
ADD = Endpoint("POST", _FILES, frozenset({201}), repeatable=False)
DELETE = Endpoint("DELETE", _FILES + "/{file}", frozenset({204}), repeatable=True)
READ_SWITCH = Endpoint("GET", _SWITCH, frozenset({200}), repeatable=True)
SET_SWITCH = Endpoint("POST", _SWITCH, frozenset({200}), repeatable=True)
READ_CHANNEL = Endpoint("GET", _SWITCH + "/{channel}", frozenset({200}), repeatable=True)
SET_CHANNEL = Endpoint("POST", _SWITCH + "/{channel}", frozenset({200}), repeatable=True)
