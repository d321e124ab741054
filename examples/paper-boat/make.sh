#!/usr/bin/env bash
# Makes the film as film.toml says, in the folder OUT (default: ./out), in a store of its own there. After a change of
# film.toml run it again: only what is new is rendered.
#   make.sh [OUT]          SERVER=studio make.sh   renders on that ComfyUI server instead of drawing title cards
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-out}
mkdir -p "$out"
out=$(cd "$out" && pwd)
export VIDCTL_STORE="sqlite:///$out/film.db" VIDCTL_ASSETS="$out/assets" VIDCTL_PROJECT=paper-boat

vidctl project apply "$here/film.toml" --prune
vidctl project apply "$here/film.toml" --prune --check

# "Not found" (3) means that every clip has its video.
vidctl generate video 'scene:* -has:video' --server "${SERVER:-animatic}" || [ $? -eq 3 ]

vidctl project analyze
vidctl export video -o "$out/paper-boat.mp4" --overwrite
vidctl project archive -o "$out/paper-boat.vidctl" --overwrite
