"""A publisher's catalog as files, and every store kept in agreement with them.

Importing this package costs nothing: the commands import what they need when they run.
"""

__version__ = "0.1.0"
