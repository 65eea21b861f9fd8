"""The kind of import contract that `[tool.importlinter]` uses: what a package may import, and nothing else."""

from __future__ import annotations

import sys
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class MayImport(Contract):
    """A package may import itself, the standard library and the listed packages and modules, with all that is in them.

    Only direct imports count: what is imported has a contract of its own.
    """

    type_name = "may_import"

    # import-linter replaces the fields by what the configuration says.
    package = cast(str, fields.StringField())
    may_import = cast(set[str], fields.SetField(subfield=fields.StringField()))

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        allowed = {*self.may_import, self.package}
        modules = {self.package} | graph.find_descendants(self.package)
        refused = [
            f"{module} imports {imported} (line {detail['line_number']})"
            for module in sorted(modules)
            for imported in sorted(graph.find_modules_directly_imported_by(module))
            if not _is_allowed(imported, allowed)
            for detail in graph.get_import_details(importer=module, imported=imported)
        ]
        return ContractCheck(kept=not refused, metadata={"refused": refused})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for line in check.metadata["refused"]:
            output.print_error(line, bold=False)
        output.print(f"{self.package}/ may import: {', '.join(sorted(self.may_import))}")


def _is_allowed(imported: str, allowed: set[str]) -> bool:
    parents = imported.split(".")
    return parents[0] in sys.stdlib_module_names or any(
        ".".join(parents[:length]) in allowed for length in range(1, len(parents) + 1)
    )
