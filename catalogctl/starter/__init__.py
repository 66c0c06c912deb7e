"""The files that `catalogctl init` puts into a new project, as they are."""
