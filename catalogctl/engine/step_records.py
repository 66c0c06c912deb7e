"""What the journal says of each step: its intent before it is sent, its outcome after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from catalogctl.engine.step import (
    StepResult,
    Store,
    attributes_to_send,
    doomed_key,
    found_id,
    held_key,
    recorded_of,
    there_before,
)
from catalogctl.model.address import Address
from catalogctl.model.diagnostics import Refusal
from catalogctl.model.resource import Deposed, Recorded
from catalogctl.model.value import Value, digest, fill
from catalogctl.planning.action import Action
from catalogctl.planning.order import Operation
from catalogctl.provider.protocol import Verb
from catalogctl.state.journal import End, Intent, Outcome, Record
from catalogctl.state.ledger import Ledger


class StepRecords:
    """The records of a run's steps. It belongs to the coordinator, which alone writes."""

    def __init__(self, ledger: Ledger, stores: Mapping[str, Store]) -> None:
        self._ledger = ledger
        self._stores = stores
        self.learned: dict[Address, str] = {}
        """Ids of what this run made; they are needed to announce the next steps together with the end of these."""
        self._settling: dict[Address, Recorded | None] = {}
        """What steps that ended together come to, until it is committed: two of them may be about one address."""

    def commit(self, settled: list[StepResult], starting: list[Operation]) -> None:
        """Journal what ended and what begins, in one durable write."""
        records: list[Record] = []
        for result in settled:
            outcome = self._outcome(result)
            records.append(outcome)
            if outcome.end is End.DONE:
                self._settling[outcome.address] = outcome.recorded
        records += [self._intent(operation) for operation in starting]
        if records:
            self._ledger.commit(records)
        self._settling.clear()

    def id(self, operation: Operation) -> str | None:
        """Return the id of the object that a step is about; `None` where it makes one."""
        # What is deleted is what the plan saw: by then a successor may stand recorded under the same address.
        if operation.verb is Verb.DELETE:
            return operation.delete_id
        # What the plan saw goes before what is recorded: it may have found another object in the place of the one that is.
        return self.learned.get(operation.address) or operation.change.id or self.id_of(operation.address)

    def id_of(self, address: Address) -> str | None:
        """Return the id that an address has by now; `None` where it has none."""
        return self.learned[address] if address in self.learned else self._ledger.id_of(address)

    def wanted(self, operation: Operation) -> dict[str, Value]:
        """Return the attributes that an object is to have, with the ids that are known by now."""
        change = operation.change
        wanted = fill(change.after or {}, self.id_of)
        # A store that takes the whole object gets it as it is.
        return {**wanted, **(change.before or {}), change.type.key: operation.meanwhile} if operation.meanwhile else wanted

    def _present(self, address: Address) -> Recorded | None:
        """Look up what is recorded of a resource once the steps that just ended are settled."""
        return self._settling[address] if address in self._settling else self._ledger.get(address)

    def _outcome(self, result: StepResult) -> Outcome:
        """Say what became of a step, and what is remembered of its resource from now on."""
        operation, recorded = result.operation, result.recorded
        if result.failure is not None:
            end = End.UNKNOWN if result.failure.refusal is Refusal.UNKNOWN_OUTCOME else End.FAILED
            return Outcome(operation.name, operation.verb.value, operation.address, end, None)
        if operation.verb is Verb.DELETE:
            present = self._present(operation.address)
            recorded = self._half_replaced(operation) or (None if present is None else present.without(found_id(self.id(operation))))
        elif operation.meanwhile:
            recorded = self._under_temporary_key(operation)
        elif recorded is not None:
            recorded = replace(recorded, deposed=self._deposed(operation))
        return Outcome(operation.name, operation.verb.value, operation.address, End.DONE, recorded)

    def _deposed(self, operation: Operation) -> tuple[Deposed, ...]:
        """List what is still to be deleted once a step has made or changed an object: what it takes the place of, and what was left."""
        present = self._present(operation.address)
        left = () if present is None else present.deposed
        if not operation.create_before_destroy or operation.verb is not Verb.CREATE:
            return left
        return (*left, Deposed(found_id(operation.change.id), held_key(operation.change)))

    def _half_replaced(self, operation: Operation) -> Recorded | None:
        """Return what is remembered of an object from its delete on until it is created again; `None` where that is not to come."""
        change, present = operation.change, self._present(operation.address)
        goes_first = operation.deposed is None and change.action is Action.REPLACE and present is not None and present.id == change.id
        return replace(present, observed=change.observed, deposed=(), half_replaced=True) if present is not None and goes_first else None

    def _expected(self, operation: Operation) -> Recorded | None:
        """Say what is remembered of a resource when a step is done; its id is empty where the step makes it."""
        if operation.verb is Verb.DELETE:
            return self._half_replaced(operation)
        if operation.meanwhile:
            return self._under_temporary_key(operation)
        wanted = attributes_to_send(operation, self.wanted(operation))
        id_ = "" if operation.verb is Verb.CREATE else self.id(operation) or ""
        base_url = self._stores[operation.address.account].base_url
        return replace(recorded_of(operation.change, base_url, id_, wanted, {}), deposed=self._deposed(operation))

    def _under_temporary_key(self, operation: Operation) -> Recorded | None:
        """Return what is remembered of an object that got a temporary key and nothing else."""
        present, name = self._present(operation.address), operation.change.type.key
        if present is None:
            return None
        observed = {other: value for other, value in present.observed.items() if other != name}
        return replace(present, key=operation.meanwhile, attributes={**present.attributes, name: operation.meanwhile}, observed=observed)

    def _intent(self, operation: Operation) -> Intent:
        change = operation.change
        store = self._stores[operation.address.account]
        return Intent(
            operation=operation.name,
            verb=operation.verb.value,
            address=operation.address,
            type=change.type,
            base_url=store.base_url,
            key=doomed_key(operation) if operation.verb is Verb.DELETE else operation.meanwhile or change.key,
            id=None if operation.verb is Verb.CREATE else self.id(operation),
            request=digest(
                [operation.verb.value, {name: value for name, value in self.wanted(operation).items() if name in operation.changed}]
            ),
            at=store.probe.timing.now(),
            # What this run made by then is in the journal under addresses of its own.
            before=tuple(sorted(there_before(change))) if operation.verb is Verb.CREATE else (),
            expected=self._expected(operation),
        )
