"""publica.la: a publisher's own store. This version speaks its v1 content API."""

from catalogctl.providers.publicala.provider import provider

__all__ = ["provider"]
