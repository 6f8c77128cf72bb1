// What this browser remembers of its user's taste: theme and sound. Language is in i18n.
export type Theme = "night" | "day";

const stored = localStorage.getItem("watchgrid.theme");
export const preferences = $state<{ theme: Theme; sound: "off" | "on" }>({
  theme: stored === "day" ? "day" : "night",
  sound: "off",
});
document.documentElement.dataset.theme = preferences.theme;

export function setTheme(theme: Theme): void {
  preferences.theme = theme;
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("watchgrid.theme", theme);
}
