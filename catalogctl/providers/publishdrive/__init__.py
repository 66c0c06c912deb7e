"""PublishDrive: distribution of e-books, audiobooks and print on demand to many stores and libraries, by its Distribution API."""

from catalogctl.providers.publishdrive.provider import provider

__all__ = ["provider"]
