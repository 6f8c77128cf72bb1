// Runs every src/**/*.test.ts: each exports `tests`, functions by the sentence they prove. Exit code 1 when one fails.
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { runnerImport } from "vite";

const files = readdirSync("src", { recursive: true }).filter((name) => name.endsWith(".test.ts"));
for (const file of files.sort()) {
  const { module } = await runnerImport(`./src/${file}`, { configFile: false, logLevel: "error" });
  for (const [sentence, prove] of Object.entries(module.tests)) test(`${file}: ${sentence}`, prove);
}
