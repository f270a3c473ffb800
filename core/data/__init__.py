"""Data sets: where they come from, how they are split and audited, and their cache of decoded pixels."""
