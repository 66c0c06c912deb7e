"""Open Publishing: a distributor that keeps the files of a publisher's products, and switches their distribution."""

from catalogctl.providers.openpublishing.provider import provider

__all__ = ["provider"]
