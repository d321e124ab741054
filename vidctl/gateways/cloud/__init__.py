"""Video APIs: one client for the wire, one dialect a file."""
