"""For learners and teachers: an example from data to plots, and a collection of wrong gradients."""
