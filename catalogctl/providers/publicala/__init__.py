"""publica.la: a publisher's own store. By its v1 content API, its v3 content API, and its API for audiobook tracks."""

from catalogctl.providers.publicala.provider import provider

__all__ = ["provider"]
