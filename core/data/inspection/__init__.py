"""What is looked at before a data set is trained on: leaks, shortcuts, labels together, what was left out."""
