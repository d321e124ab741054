"""How it is said. Nothing outside this package prints, prompts or exits."""
