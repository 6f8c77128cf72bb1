// Who is signed in and which pages their role opens. The server decides; this only hides what would be refused.
import { get, post, Problem, remove, whenSignedOut } from "../api/client";
import type { Role, Session, User } from "../api/types";
import { forgetKept } from "./kept";

export type PageName =
  | "live"
  | "wall"
  | "tracks"
  | "watchlist"
  | "cases"
  | "patrol"
  | "planning"
  | "demand"
  | "coverage"
  | "report"
  | "devices"
  | "county"
  | "audit"
  | "users";

const PAGES: Record<Role, PageName[]> = {
  operator: ["live", "wall", "patrol", "coverage", "devices"],
  patrol: ["patrol"],
  investigator: ["tracks", "watchlist", "cases", "devices"],
  supervisor: ["live", "wall", "tracks", "watchlist", "cases", "patrol", "planning", "demand", "coverage", "report", "devices"],
  auditor: ["audit"],
  administrator: ["users", "county", "devices"],
};

/** Pages that share one tab of the top bar (`tab.patrol`), in the order of their sub-tabs: whoever may see one of them. */
const PATROL_PAGES: string[] = ["patrol", "planning", "demand", "coverage", "report"];

export const session = $state<{ user: User | null; known: boolean }>({ user: null, known: false });

whenSignedOut(() => {
  session.user = null;
  void forgetKept();
});

export const pages = (): PageName[] => (session.user ? PAGES[session.user.role] : []);

/** A tab of the top bar: one page, or the pages of a group that this user may see, in order. */
export type Tab = [PageName, ...PageName[]];

export function tabs(): Tab[] {
  const grouped = pages().filter((name) => PATROL_PAGES.includes(name));
  grouped.sort((a, b) => PATROL_PAGES.indexOf(a) - PATROL_PAGES.indexOf(b));
  return pages().flatMap((name): Tab[] => (!grouped.includes(name) ? [[name]] : name === grouped[0] ? [grouped as Tab] : []));
}
export const tabOf = (page: PageName): Tab => tabs().find((tab) => tab.includes(page)) ?? [page];

const visited = new Map<PageName, PageName>();
/** Keep which page of its tab was looked at last: that is where the tab leads. */
export const remember = (page: PageName): void => void visited.set(tabOf(page)[0], page);
export const lastOf = (tab: Tab): PageName => visited.get(tab[0]) ?? tab[0];

export const isRole = (...roles: Role[]): boolean => session.user !== null && roles.includes(session.user.role);

/** Live pictures are for those who watch and send. */
export const seesPictures = (): boolean => isRole("operator", "supervisor");

/** Ask the server who we are; nobody is a good answer. */
export async function resume(): Promise<void> {
  try {
    session.user = (await get<Session>("/session")).user;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    session.user = null;
  } finally {
    session.known = true;
  }
}

export async function signIn(login: string, password: string): Promise<void> {
  session.user = (await post<Session>("/session", { login, password })).user;
}

export async function signOut(): Promise<void> {
  await remove("/session").catch(() => undefined);
  await forgetKept();
  session.user = null;
}
