// Why a camera is in its state and what to do about it, in words, from the code and numbers that the server gives.
import type { Camera } from "../api/types";
import { currentLanguage, phrase, t } from "../i18n/index.svelte";

export interface Why {
  /** What is wrong, in the reader's language. */
  said: string;
  /** What the worker says itself, where `said` does not say as much. */
  raw: string | null;
  todo: string | null;
}

/** Numbers that need words themselves: how long a time, which days, which way. */
function inWords(numbers: Record<string, string | number>): Record<string, string> {
  const minutes = Number(numbers.minutes);
  const days = numbers.days === "week" ? `weekday.${numbers.weekday}` : `days.${numbers.days}`;
  const offset = Number(numbers.offset_s);
  return {
    span: minutes < 60 ? t("span.minutes", { n: minutes }) : minutes < 90 ? t("span.hour") : t("span.hours", { n: Math.round(minutes / 60) }),
    on: phrase(days) ?? "",
    turn: turn(Number(numbers.right_percent), Number(numbers.down_percent), Number(numbers.degrees)),
    way: t(offset > 0 ? "health.ahead" : "health.behind"),
    seconds: String(Math.round(Math.abs(offset))),
  };
}

function turn(right: number, down: number, degrees: number): string {
  const moves = [
    right && t(right > 0 ? "turn.right" : "turn.left", { n: Math.abs(right) }),
    down && t(down > 0 ? "turn.down" : "turn.up", { n: Math.abs(down) }),
    degrees && t("turn.degrees", { n: Math.abs(degrees) }),
  ];
  return moves.filter(Boolean).join(t("turn.and"));
}

const written = (value: string | number): string | number => (typeof value === "number" ? Number(value.toFixed(Math.abs(value) < 10 ? 1 : 0)) : value);

/** Say why a camera is not simply online; null when nothing is wrong. */
export function whyOf(camera: Camera): Why | null {
  if (!camera.enabled) return { said: t("fault.disabled"), raw: null, todo: t("todo.disabled") };
  const reason = camera.state_reason;
  if (camera.state === "online" && !reason) return null;
  const code = camera.health?.code ?? "";
  const numbers = Object.fromEntries(Object.entries(camera.health?.numbers ?? {}).map(([name, value]) => [name, written(value)]));
  const exact = code ? phrase(`why.${code}`, { ...numbers, ...inWords(numbers) }) : null;
  const english = currentLanguage() === "en";
  const said = exact ?? (english ? reason : null) ?? phrase(`fault.${camera.state}`) ?? reason ?? "";
  const raw = exact || said === reason ? null : reason;
  return { said, raw, todo: phrase(`todo.${code}`) ?? phrase(`todo.${camera.state}`) };
}

/** Whether too few pictures are looked at for want of power; a camera that sends few itself is not overloaded. */
export function isOverloaded({ health }: Camera): boolean {
  return health?.code === "overloaded" || (health?.dropped_share ?? 0) >= 0.1;
}
