"""Whom we talk to: render servers, ffmpeg, the file system."""
