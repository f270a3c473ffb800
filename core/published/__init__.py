"""The twenty-eight models of five published reports, as plain data: one file per report, and one catalogue of all."""
