"""publica.la's v3 API over the same contents as v1's: content by cursor, and the tracks of audiobooks."""

from catalogctl.providers.publicala.sandbox.v3.api import ContentApi, segments

__all__ = ["ContentApi", "segments"]
