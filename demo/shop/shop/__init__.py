"""The sample online shop."""
