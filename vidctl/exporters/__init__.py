"""What we hand over: a timeline in, a file out."""
