// The language of the screen: t(key, values). Not times or numbers of the site clock (see time.ts).
import { en } from "./en";
import { zh } from "./zh";

export type Key = keyof typeof zh;
export type Language = "zh" | "en";
const tables: Record<Language, Record<Key, string>> = { zh, en };
const stored = localStorage.getItem("watchgrid.language");
let language = $state<Language>(stored === "en" ? "en" : "zh");

export const currentLanguage = (): Language => language;

export function setLanguage(next: Language): void {
  language = next;
  localStorage.setItem("watchgrid.language", next);
  document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
}

/** Give the words for a key; {name} in them is replaced by values.name. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return tables[language][key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
}

/** Give the words for a key that may not be there: one made from what the server sent. */
export function phrase(key: string, values: Record<string, string | number> = {}): string | null {
  return key in tables[language] ? t(key as Key, values) : null;
}

/** Give the words for a value the server sent (a state, a role); the value itself where there are none. */
export function word(group: string, value: string | null | undefined): string {
  if (value === null || value === undefined || value === "") return t("none");
  const key = `${group}.${value}`;
  return key in tables[language] ? tables[language][key as Key] : value;
}
