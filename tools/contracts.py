"""The import contract that import-linter has no words for: inside one provider, the sandbox and the rest are strangers."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output


class SandboxIsAStranger(Contract):
    """`catalogctl.providers.<name>.sandbox` imports no sibling and no sibling imports it.

    The sandbox is a second, independent reading of the service's documents: what the two share, tests cannot find wrong.
    """

    type_name = "catalogctl_sandbox_is_a_stranger"
    providers = "catalogctl.providers"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Report each import between a sandbox and the provider it imitates, in either direction."""
        del verbose
        crossings: list[str] = []
        for provider in sorted(graph.find_children(self.providers)):
            sandbox = f"{provider}.sandbox"
            if sandbox not in graph.modules:
                continue
            inside = {sandbox, *graph.find_descendants(sandbox)}
            siblings = {provider, *graph.find_descendants(provider)} - inside
            for importer, imported in ((inside, siblings), (siblings, inside)):
                crossings += [
                    f"{name} imports {other}"
                    for name in sorted(importer)
                    for other in sorted(graph.find_modules_directly_imported_by(name) & imported)
                ]
        return ContractCheck(kept=not crossings, metadata={"crossings": crossings})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print the crossings, one a line."""
        for crossing in check.metadata["crossings"]:
            output.print_error(f"- {crossing}")
        output.new_line()
