// Runs every src/**/*.test.ts: each exports `tests`, functions by the sentence they prove. Exit code 1 when one fails.
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { runnerImport } from "vite";

// The little of a browser that modules touch when they are loaded.
globalThis.localStorage = { getItem: () => null, setItem: () => {} };
globalThis.document = { documentElement: {}, addEventListener: () => {} };

const files = readdirSync("src", { recursive: true }).filter((name) => name.endsWith(".test.ts")).sort();
const suites = [];
for (const file of files) {
  const { module } = await runnerImport(`./src/${file}`, { configFile: false, logLevel: "error", plugins: [svelte()] });
  suites.push([file, module.tests]);
}
for (const [file, tests] of suites)
  for (const [sentence, prove] of Object.entries(tests)) test(`${file}: ${sentence}`, prove);
