"""What things are, and every rule that needs no input or output."""
