"""The handbook, one topic a markdown file."""
