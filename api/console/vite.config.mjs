// Builds the console into api/static, where the API serves it; inlines nothing, so that a strict CSP holds.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

/** What a phone must have before it goes into a dead zone; fonts of single characters are kept as they are used. */
const NEEDED = /\.(js|css)$|ibm-plex[^/]*\.woff2$/;
const BESIDE = ["/favicon.svg", "/manifest.webmanifest"];

/** Writes /sw.js: the worker with the names of this build's files, and a version made of all of them. */
function serviceWorker() {
  return {
    name: "watchgrid-service-worker",
    apply: "build",
    generateBundle(_, bundle) {
      const source = readFileSync(new URL("src/worker.js", import.meta.url), "utf8");
      const files = Object.keys(bundle).filter((name) => name.startsWith("assets/") && NEEDED.test(name)).sort();
      const version = createHash("sha256").update(source).update(files.join()).digest("hex").slice(0, 12);
      const listed = JSON.stringify([...BESIDE, ...files.map((name) => `/${name}`)]).slice(1, -1);
      this.emitFile({ type: "asset", fileName: "sw.js", source: source.replace("__VERSION__", version).replace('"__FILES__"', () => listed) });
    },
  };
}

export default defineConfig({
  plugins: [svelte(), serviceWorker()],
  build: {
    outDir: "../static",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: "chrome100",
    license: { fileName: "third-party-licences.md" },
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8420", ws: true } } },
});
