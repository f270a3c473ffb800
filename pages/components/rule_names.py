"""Rules as the command line names them, where a page offers them to be chosen or typed."""

OFFERED = ("0.5", "youden", "f1", "sensitivity=0.95", "sensitivity=0.9", "specificity=0.95", "specificity=0.9", "flagged=0.2", "cost=10",
           "prevalence")  # fmt: skip
RULE_WORDS = "Choose or type one, such as sensitivity=0.93. The names are those of the command line."
