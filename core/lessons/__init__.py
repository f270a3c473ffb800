"""Ten lessons on what a decision threshold does: drawn scores with known truth, texts, and tasks whose answers are computed."""
