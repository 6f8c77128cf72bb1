// One place for HTTP: JSON in and out, the CSRF header on writes, problem+json turned into Problem. No retries.
import { currentLanguage } from "../i18n/index.svelte";
import { fieldsInChinese, problemsInChinese } from "../i18n/problems";

const ROOT = "/api/v1";

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly field: string | null = null,
    readonly kind: string = "",
  ) {
    super(detail || title);
  }
}

let onSignedOut: () => void = () => {};

/** Name what to do when the server says that the session is over. */
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

/** Say that the session is over. */
export const signedOut = (): void => onSignedOut();

async function problemFrom(response: Response): Promise<Problem> {
  const body = await response.json().catch(() => ({}));
  const detail = typeof body.detail === "string" ? body.detail : "";
  return new Problem(response.status, body.title ?? response.statusText, detail, body.field ?? null, String(body.type ?? "").split("/").pop());
}

async function request(method: string, path: string, body: unknown, accept: string): Promise<Response> {
  const headers: Record<string, string> = { Accept: accept };
  if (method !== "GET") headers["X-Watchgrid"] = "1";
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(ROOT + path, {
    method,
    headers,
    credentials: "same-origin",
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (response.status === 401 && path !== "/session") onSignedOut();
  if (!response.ok) throw await problemFrom(response);
  return response;
}

async function send<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await request(method, path, body, "application/json");
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}

export const get = <T>(path: string, query: Record<string, unknown> = {}): Promise<T> => send("GET", path + queryString(query));
export const post = <T>(path: string, body: unknown = {}): Promise<T> => send("POST", path, body);

/** Send bytes, a photo. */
export async function postBytes<T>(path: string, content: Blob): Promise<T> {
  const headers = { Accept: "application/json", "X-Watchgrid": "1", "Content-Type": content.type };
  const response = await fetch(ROOT + path, { method: "POST", headers, credentials: "same-origin", body: content });
  if (response.status === 401) onSignedOut();
  if (!response.ok) throw await problemFrom(response);
  return (await response.json()) as T;
}

/** Send a form with files. */
export async function postForm<T>(path: string, form: FormData): Promise<T> {
  const headers = { Accept: "application/json", "X-Watchgrid": "1" };
  const response = await fetch(ROOT + path, { method: "POST", headers, credentials: "same-origin", body: form });
  if (response.status === 401) onSignedOut();
  if (!response.ok) throw await problemFrom(response);
  return (await response.json()) as T;
}

export const patch = <T>(path: string, body: unknown): Promise<T> => send("PATCH", path, body);
export const remove = (path: string): Promise<void> => send("DELETE", path);

/** Save what a path answers on the user's disk, under the server's name for it or else `name`. */
export async function download(path: string, name: string): Promise<void> {
  await save(await request("GET", path, undefined, "*/*"), name);
}

/** The same for what is made by a question with a body. */
export async function downloadPost(path: string, body: unknown, name: string): Promise<void> {
  await save(await request("POST", path, body, "*/*"), name);
}

async function save(response: Response, name: string): Promise<void> {
  const given = /filename="?([^";]+)"?/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = given ?? name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url));
}

/** Write a query string, leaving out what is empty. */
export function queryString(query: Record<string, unknown>): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  if (pairs.length === 0) return "";
  return "?" + new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
}

/** Say what went wrong in the user's language where we have words for it, else the server's, or that it cannot be reached. */
export function words(error: unknown, unreachable: string): string {
  if (!(error instanceof Problem)) return unreachable;
  if (currentLanguage() !== "zh") return error.message;
  const field = error.kind === "bad-input" && error.field ? fieldsInChinese[error.field] : undefined;
  return problemsInChinese[error.kind] ?? field ?? error.message;
}
