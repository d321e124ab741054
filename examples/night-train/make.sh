#!/usr/bin/env bash
# Makes the film in the folder OUT (default: ./out), in a store of its own there. Run again, it goes on where it was left.
#   make.sh [OUT]          SERVER=studio make.sh   renders on that ComfyUI server instead of drawing title cards
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=${1:-out}
mkdir -p "$out"
out=$(cd "$out" && pwd)
export VIDCTL_STORE="sqlite:///$out/film.db" VIDCTL_ASSETS="$out/assets" VIDCTL_PROJECT=night-train

# A step that was done before answers "conflict" (4), and that is fine.
once() { "$@" --quiet > /dev/null || [ $? -eq 4 ]; }

once vidctl project create "Night Train" --size "${SIZE:-640x360}" --fps 24
vidctl media music night-train "$here/../../vidctl/presets/demo/song.ogg"
vidctl media lyrics night-train "$here/song.lrc"

once vidctl scene create "Platform" --description "Steam, waiting, a whistle."
once vidctl clip create platform "Arrival" --length 5 --image "a night train pulls in, steam, 35mm film still"
once vidctl clip create platform "Doors" --length 5 --image "train doors open, warm light falls out, 35mm film still"
once vidctl scene create "Journey" --description "Windows, rain, a face."
once vidctl clip create journey "Window" --length 10 --image "@$here/prompts/window.txt"
once vidctl clip create journey "Tunnel" --length 5 --image "a dark tunnel, light at its end, 35mm film still"
once vidctl clip create journey "Morning" --length 5 --image "fields at dawn from a train window, 35mm film still"

# Only clips that have no take yet.
missing=$(vidctl clip list --json | python3 -c 'import json, sys
print(" ".join(c["id"] for c in json.load(sys.stdin)["items"] if not c["selected_video_id"]))')
if [ -n "$missing" ]; then
  # shellcheck disable=SC2086  # one argument a clip
  vidctl generate video $missing --server "${SERVER:-animatic}"
fi

vidctl project show --tree
vidctl export video -o "$out/night-train.mp4" --overwrite
