"""Pieces that more than one page is built of."""
