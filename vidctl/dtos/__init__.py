"""The public contract, version 1: what comes in and what `--json` prints. One module a noun."""
