"""Synthesises the demo's song: `python tests/data/make_demo_song.py vidctl/presets/demo/song.ogg`.

Everything is computed here, from sums of sines and seeded noise, so the song is ours and is always the same.
96 beats a minute: a beat is 15 frames of a film at 24 fps, a bar of four beats is 60 frames, twelve bars are 30 s.
Bars 1 to 4 are the verse, 5 to 8 the chorus, 9 to 12 the outro.
"""

from __future__ import annotations

import math
import random
import sys
from array import array
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av

RATE = 48_000
BEAT = 60 / 96
BARS = 12
SAMPLES = round(BARS * 4 * BEAT * RATE)
TABLE = 4096

NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
CHORDS = {"Am": "A3 C4 E4", "F": "F3 A3 C4", "C": "G3 C4 E4", "G": "G3 B3 D4", "Em": "G3 B3 E4"}
ROOTS = {"Am": "A1", "F": "F1", "C": "C2", "G": "G1", "Em": "E1"}
PROGRESSION = ["Am", "F", "C", "G", "F", "G", "Am", "Em", "F", "G", "Am", "Am"]

#: The voice's part: (beat from the start, length in beats, note).
MELODY = [
    *[(1.0, 0.5, "E4"), (1.5, 0.5, "G4"), (2.0, 1.0, "A4"), (3.0, 0.5, "G4"), (3.5, 0.5, "E4")],
    *[(5.0, 0.5, "C4"), (5.5, 0.5, "E4"), (6.0, 1.0, "F4"), (7.0, 1.0, "E4")],
    *[(9.0, 0.5, "E4"), (9.5, 0.5, "G4"), (10.0, 1.0, "C5"), (11.0, 0.5, "B4"), (11.5, 0.5, "G4")],
    *[(13.0, 0.5, "B4"), (13.5, 0.5, "A4"), (14.0, 1.5, "G4")],
    *[(16.0, 1.0, "A4"), (17.0, 0.5, "C5"), (17.5, 1.0, "E5"), (18.5, 0.5, "D5"), (19.0, 1.0, "C5")],
    *[(20.0, 1.0, "D5"), (21.0, 0.5, "B4"), (21.5, 1.0, "G4"), (22.5, 0.5, "A4"), (23.0, 1.0, "B4")],
    *[(24.0, 1.0, "C5"), (25.0, 0.5, "E5"), (25.5, 1.0, "G5"), (26.5, 0.5, "E5"), (27.0, 1.0, "D5")],
    *[(28.0, 1.0, "E5"), (29.0, 0.5, "D5"), (29.5, 0.5, "B4"), (30.0, 2.0, "G4")],
    *[(32.0, 1.0, "A4"), (33.0, 1.0, "C5"), (34.0, 2.0, "A4"), (36.0, 1.0, "B4"), (37.0, 1.0, "G4"), (38.0, 2.0, "D4")],
    *[(40.0, 1.5, "E4"), (41.5, 0.5, "D4"), (42.0, 2.0, "C4"), (44.0, 3.0, "A3")],
]


class Track:
    """A stereo part of the song, in samples of any loudness."""

    def __init__(self) -> None:
        self.left = array("d", bytes(8 * SAMPLES))
        self.right = array("d", bytes(8 * SAMPLES))

    def add(self, second: float, sound: Sequence[float], gain: float, pan: float = 0.0) -> None:
        """Mix a sound in from `second` on; `pan` from -1 (left) to 1 (right) at constant power."""
        angle = (pan + 1) * math.pi / 4
        left, right = gain * math.cos(angle), gain * math.sin(angle)
        start = round(second * RATE)
        for index, value in enumerate(sound[: SAMPLES - start], start):
            self.left[index] += left * value
            self.right[index] += right * value

    def scaled(self, curve: Sequence[float]) -> Track:
        """This part with a loudness that changes in time."""
        scaled = Track()
        scaled.left = array("d", map(float.__mul__, self.left, curve))
        scaled.right = array("d", map(float.__mul__, self.right, curve))
        return scaled


def frequency(note: str) -> float:
    """Hertz of a note such as A4 (440)."""
    return 440.0 * 2.0 ** ((NAMES[note[0]] - 9) / 12 + int(note[1:]) - 4)


def wave(harmonics: Sequence[float]) -> array[float]:
    """One period of a tone from the strengths of its harmonics: bright without aliasing, as they are few."""
    total = sum(harmonics)
    return array(
        "d",
        (
            sum(h * math.sin(2 * math.pi * k * i / TABLE) for k, h in enumerate(harmonics, 1)) / total
            for i in range(TABLE)
        ),
    )


def saw(brightness: float, count: int) -> array[float]:
    """A sawtooth whose harmonics fade out as through a low-pass filter."""
    return wave([math.exp(-k / brightness) / k for k in range(1, count + 1)])


def tone(
    table: array[float],
    hertz: float,
    beats: float,
    attack: float,
    release: float,
    decay: float = 0.0,
    vibrato: float = 0.0,
) -> array[float]:
    """A note: linear attack and release in seconds, in between an exponential decay (time constant in seconds; 0 is
    none), vibrato as a part of the pitch."""
    held = beats * BEAT
    count = round((held + release) * RATE)
    phase, sound = 0.0, array("d")
    step = hertz * TABLE / RATE
    for index in range(count):
        second = index / RATE
        level = min(1.0, second / attack, (held + release - second) / release)
        if decay:
            level *= math.exp(-second / decay)
        sound.append(table[int(phase) % TABLE] * level)
        depth = vibrato * min(1.0, second / 0.4) if vibrato else 0.0
        phase += step * (1 + depth * math.sin(2 * math.pi * 5.2 * second)) if depth else step
    return sound


def kick() -> array[float]:
    """A sine that falls from 150 to 48 Hz within a few hundredths of a second."""
    phase, sound = 0.0, array("d")
    for index in range(round(0.32 * RATE)):
        second = index / RATE
        phase += 2 * math.pi * (48 + 102 * math.exp(-second / 0.03)) / RATE
        sound.append(math.sin(phase) * math.exp(-second / 0.11) * min(1.0, (0.32 - second) / 0.02))
    return sound


def noise(seed: int, length: float, decay: float, high_pass: float) -> array[float]:
    """Noise that dies away; what is below `high_pass` Hz is weakened (first order)."""
    chance, keep = random.Random(seed), math.exp(-2 * math.pi * high_pass / RATE)
    sound, last, out = array("d"), 0.0, 0.0
    for index in range(round(length * RATE)):
        value = chance.uniform(-1, 1)
        out = keep * (out + value - last)
        last = value
        sound.append(out * math.exp(-index / RATE / decay) * min(1.0, (length * RATE - index) / 200))
    return sound


def pads() -> Track:
    """Two slightly detuned saws a note, left and right."""
    track, bright, dark = Track(), saw(9.0, 30), saw(4.0, 16)
    for bar, chord in enumerate(PROGRESSION):
        table = bright if 4 <= bar < 8 else dark
        beats = 4.0 if bar < BARS - 1 else 2.6
        for note in CHORDS[chord].split():
            for detune, pan in ((0.9975, -0.7), (1.0025, 0.7)):
                track.add(bar * 4 * BEAT, tone(table, frequency(note) * detune, beats, 0.12, 0.5), 0.055, pan)
    return track


def bass() -> Track:
    """Long roots in the verse and the outro, driving eighths in the chorus."""
    track, table = Track(), saw(2.2, 10)
    for bar, chord in enumerate(PROGRESSION):
        hertz = frequency(ROOTS[chord])
        steps = [n / 2 for n in range(8)] if 4 <= bar < 8 else [0.0] if bar in (0, 11) else [0.0, 2.5]
        for number, beat in enumerate(steps):
            following = (*steps[1:], 4.0)[number]
            beats = min(following - beat, 2.6) - 0.08
            octave = 2 if len(steps) == 8 and number in (3, 6) else 1
            track.add((bar * 4 + beat) * BEAT, tone(table, hertz * octave, beats, 0.006, 0.05, decay=1.1), 0.30)
    return track


def arpeggio() -> Track:
    """Plucked sixteenths up and down the chord, thinning out in the outro."""
    track, table = Track(), saw(7.0, 24)
    pluck = {
        note: tone(table, 2 * frequency(note), 0.3, 0.003, 0.08, decay=0.11)
        for note in set(" ".join(CHORDS.values()).split())
    }
    for bar, chord in enumerate(PROGRESSION[:11]):
        notes = CHORDS[chord].split()
        order = [*notes, notes[1]]
        for step in range(0, 16, 1 if bar < 8 else 2):
            accent = 1.0 if step % 4 == 0 else 0.75
            gain = accent * (0.10 + 0.012 * min(bar, 4) if bar < 8 else 0.14 - 0.03 * (bar - 8))
            track.add((bar * 4 + step / 4) * BEAT, pluck[order[step % 4]], gain, 0.55 * (-1) ** step)
    return track


def lead() -> Track:
    """The melody: soft in the verse and the outro, bright and doubled in the chorus."""
    track, soft, bright = Track(), wave([1, 0.34, 0.2, 0.1, 0.05]), saw(6.0, 16)
    for beat, beats, note in MELODY:
        chorus = 16 <= beat < 32
        table, gain = (bright, 0.21) if chorus else (soft, 0.17)
        sound = tone(table, frequency(note), beats * 0.94, 0.02, 0.14, decay=2.5, vibrato=0.004)
        track.add(beat * BEAT, sound, gain, 0.08)
        if chorus:
            track.add(beat * BEAT, tone(soft, frequency(note) * 0.5, beats * 0.94, 0.03, 0.14), 0.06, -0.15)
    return track


def kick_beats() -> list[float]:
    """From the second bar on one and three; on every beat of the chorus; two bars of the outro."""
    verse = [bar * 4 + beat for bar in (1, 2, 3) for beat in (0.0, 2.0)]
    return [*verse, *(16.0 + n for n in range(16)), 32.0, 34.5, 36.0, 38.5]


def drums() -> Track:
    """Kick; snare on two and four; hats; a roll into the chorus and a crash on it."""
    track, low, hat = Track(), kick(), noise(2, 0.07, 0.018, 9000)
    snare = array("d", map(float.__add__, noise(1, 0.22, 0.07, 900), tone(wave([1]), 190, 0.2, 0.001, 0.095, 0.05)))
    for beat in kick_beats():
        track.add(beat * BEAT, low, 0.50)
    for beat in [*range(17, 32, 2), 33, 37]:
        track.add(beat * BEAT, snare, 0.32)
    for number in range(6):
        track.add((14.5 + number / 4) * BEAT, snare, 0.05 + 0.025 * number)
    for eighth in range(16, 80):
        loudness = 0.22 if eighth % 2 else 0.13
        track.add(eighth / 2 * BEAT, hat, loudness * (1.0 if 32 <= eighth < 64 else 0.6), 0.25)
    for beat in (16, 32):
        track.add(beat * BEAT, noise(3, 2.2, 0.55, 5000), 0.13)
    return track


def ducking(depth: float) -> array[float]:
    """A loudness that gives way to each kick and recovers within a beat."""
    curve = array("d", [1.0]) * SAMPLES
    for beat in kick_beats():
        start = round(beat * BEAT * RATE)
        for index in range(start, min(SAMPLES, start + round(BEAT * RATE))):
            curve[index] = 1 - depth * math.exp(-(index - start) / RATE / 0.12)
    return curve


def echo(source: Track, seconds: float, feedback: float) -> Track:
    """Repeats that cross from one side to the other."""
    wet, delay = Track(), round(seconds * RATE)
    for index in range(delay, SAMPLES):
        wet.left[index] = source.right[index - delay] + feedback * wet.right[index - delay]
        wet.right[index] = feedback * (source.left[index - delay] + wet.left[index - delay])
    return wet


def reverb(source: Track) -> Track:
    """A hall after M. R. Schroeder (1962): four combs and two all-passes a side, with unequal delays."""
    wet = Track()
    for side, dry, spread in ((wet.left, source.left, 0), (wet.right, source.right, 37)):
        mixed = array("d", bytes(8 * SAMPLES))
        for length in (1687, 1931, 2053, 2251):
            comb(dry, mixed, length + spread)
        for length in (347, 113):
            mixed = all_pass(mixed, length + spread)
        side[:] = mixed
    return wet


def comb(dry: array[float], into: array[float], length: int) -> None:
    """Add a decaying echo whose repeats grow darker."""
    line, dark = [0.0] * length, 0.0
    for index, value in enumerate(dry):
        out = line[index % length]
        dark = 0.7 * out + 0.3 * dark
        line[index % length] = value + 0.80 * dark
        into[index] += 0.25 * out


def all_pass(dry: array[float], length: int) -> array[float]:
    """Scatter in time without colouring."""
    line, wet = [0.0] * length, array("d")
    for index, value in enumerate(dry):
        held = line[index % length]
        out = held - 0.6 * value
        line[index % length] = value + 0.6 * out
        wet.append(out)
    return wet


def total(parts: Sequence[tuple[Track, float]]) -> Track:
    """The parts, each at its loudness."""
    track = Track()
    for part, gain in parts:
        for into, side in ((track.left, part.left), (track.right, part.right)):
            into[:] = array("d", (a + gain * b for a, b in zip(into, side, strict=True)))
    return track


def song() -> Track:
    """All of it: mixed, gently limited, faded out within the last second."""
    duck = ducking(0.45)
    pad, low, arp, voice, beat = pads().scaled(duck), bass().scaled(ducking(0.3)), arpeggio(), lead(), drums()
    delays = echo(total([(arp, 0.35), (voice, 0.30)]), 0.75 * BEAT, 0.42)
    hall = reverb(total([(pad, 0.5), (arp, 0.5), (voice, 0.6), (beat, 0.10)]))
    mix = total([(pad, 1.0), (low, 0.75), (arp, 1.0), (voice, 1.0), (beat, 0.9), (delays, 1.0), (hall, 0.5)])
    shaped = [array("d", (math.tanh(1.5 * value) for value in side)) for side in (mix.left, mix.right)]
    gain = 10 ** (-1.5 / 20) / max(max(map(abs, side)) for side in shaped)
    fade = [gain * min(1.0, index / 240, (SAMPLES - 1 - index) / RATE) for index in range(SAMPLES)]
    mix.left, mix.right = (array("d", map(float.__mul__, side, fade)) for side in shaped)
    return mix


def pcm(track: Track) -> array[int]:
    """Interleaved 16-bit samples, with seeded dither."""
    chance = random.Random(96)
    samples = array("h", bytes(4 * SAMPLES))
    for offset, side in enumerate((track.left, track.right)):
        samples[offset::2] = array("h", (round(32767 * value + chance.random() - chance.random()) for value in side))
    return samples


def write(samples: array[int], path: Path, title: str) -> None:
    """Opus in Ogg at 80 kbit/s, without anything that changes from run to run."""
    with av.open(str(path), "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        container.metadata.update(
            {"title": title, "artist": "vidctl", "comment": "synthesised by tests/data/make_demo_song.py"}
        )
        stream = container.add_stream("libopus", rate=RATE, options={"b": "80000", "application": "audio"})
        stream.layout = "stereo"
        for start in range(0, SAMPLES, 960):
            frame = av.AudioFrame(format="s16", layout="stereo", samples=960)
            frame.planes[0].update(samples[2 * start : 2 * (start + 960)].tobytes())
            frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


if __name__ == "__main__":
    write(pcm(song()), Path(sys.argv[1]), "Neon Nights")
