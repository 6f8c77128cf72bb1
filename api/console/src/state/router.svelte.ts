// The URL as state: /page?key=value. Page, selection, view and filters live here, so that any view can be sent on.
export interface Route {
  page: string;
  query: Record<string, string>;
}

function read(): Route {
  return { page: location.pathname.split("/")[1] ?? "", query: Object.fromEntries(new URLSearchParams(location.search)) };
}

function write(next: Route): string {
  const search = new URLSearchParams(next.query).toString();
  return `/${next.page}${search ? "?" + search : ""}`;
}

export const route = $state<Route>(read());

function apply(next: Route): void {
  route.page = next.page;
  route.query = next.query;
}

addEventListener("popstate", () => apply(read()));

/** Put a page in the URL in place of one that this user has not. */
export function replacePage(page: string): void {
  const next = { page, query: {} };
  history.replaceState(null, "", write(next));
  apply(next);
}

/** Go to a page; the map's view goes along, other parameters do not. */
export function go(page: string, query: Record<string, string> = {}): void {
  const next = { page, query: route.query.at ? { at: route.query.at, ...query } : query };
  history.pushState(null, "", write(next));
  apply(next);
}

/** Change parameters of this page; null removes one. With `push` the Back button undoes it. */
export function setQuery(changes: Record<string, string | number | null>, push = false): void {
  const query = { ...route.query };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") delete query[key];
    else query[key] = String(value);
  }
  const next = { page: route.page, query };
  if (write(next) === write(route)) return;
  history[push ? "pushState" : "replaceState"](null, "", write(next));
  apply(next);
}
