"""For learners and teachers: the notebook as a demonstration, and a bank of wrong gradients."""
