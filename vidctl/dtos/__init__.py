"""The public contract: what comes in and what `--json` prints. One module a noun.

Within a version fields are added, but none is renamed, taken away or given another meaning.
"""

#: Which version of the contract this is; every JSON document says it.
SCHEMA_VERSION = 1
