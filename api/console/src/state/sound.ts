// Alarm tones by WebAudio, silent until the user has clicked Sound. Which alert sounds is decided here, nothing else.
import type { Severity } from "../api/types";
import { preferences } from "./preferences.svelte";

let audio: AudioContext | null = null;
const TONES_HZ: Record<Severity, number[]> = { red: [880, 660, 880], orange: [660], yellow: [] };
const TONE_S = 0.16;

export async function setSound(on: boolean): Promise<void> {
  audio ??= new AudioContext();
  await (on ? audio.resume() : audio.suspend());
  preferences.sound = on ? "on" : "off";
  if (on) chime("orange");
}

/** Sound the tones of a severity: three for red, one for orange, none for yellow. */
export function chime(severity: Severity): void {
  if (!audio || preferences.sound === "off") return;
  TONES_HZ[severity].forEach((hz, i) => tone(audio!, hz, audio!.currentTime + i * TONE_S * 1.3));
}

function tone(context: AudioContext, hz: number, at: number): void {
  const voice = context.createOscillator();
  const loudness = context.createGain();
  voice.frequency.value = hz;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(0.16, at + 0.02);
  loudness.gain.linearRampToValueAtTime(0, at + TONE_S);
  voice.connect(loudness).connect(context.destination);
  voice.start(at);
  voice.stop(at + TONE_S);
}
