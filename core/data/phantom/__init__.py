"""Synthetic chest radiographs: who has what, how it is drawn, and how such a data set is named."""
