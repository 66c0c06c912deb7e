"""The parts of the HTML report: what a page says, piece by piece, and the templates that say it."""
