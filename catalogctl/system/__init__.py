"""The machine: files read and written safely, interrupts, hosts. No noun of a catalog is here."""
