"""Pieces of text: escaped, styled, wrapped."""
