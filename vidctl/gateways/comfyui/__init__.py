"""A ComfyUI server as a render backend: its wire, its catalogue of nodes, its progress."""
