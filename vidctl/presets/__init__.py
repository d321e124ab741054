"""Families, workflows and demo material as data; loader.py reads them."""
