"""How results, events and errors are drawn."""
