"""Everything in Cutpoint that is true without a screen. ARCHITECTURE.md has the floor plan."""
