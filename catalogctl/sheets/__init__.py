"""Spreadsheets: the catalog as a workbook or a CSV file, and what a person changed in one as edits of the title files."""
