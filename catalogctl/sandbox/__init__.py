"""Serves emulations of the stores' APIs on this machine; knows none of them by name."""

from catalogctl.sandbox.embedded import EmbeddedSandbox
from catalogctl.sandbox.faults import Fault, FaultedRequest, FaultKind, Faults
from catalogctl.sandbox.server import SandboxServer

__all__ = ["EmbeddedSandbox", "Fault", "FaultKind", "FaultedRequest", "Faults", "SandboxServer"]
