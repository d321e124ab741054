"""The ComfyUI server: its wire, its catalogue, its renders."""
