// Who is signed in and which pages their role opens. The server decides; this only hides what would be refused.
import { get, post, Problem, remove, whenSignedOut } from "../api/client";
import type { Role, Session, User } from "../api/types";

export type PageName = "live" | "wall" | "tracks" | "watchlist" | "cases" | "patrol" | "devices" | "audit" | "users";

const PAGES: Record<Role, PageName[]> = {
  operator: ["live", "wall", "patrol", "devices"],
  patrol: ["patrol"],
  investigator: ["tracks", "watchlist", "cases", "devices"],
  supervisor: ["live", "wall", "tracks", "watchlist", "cases", "patrol", "devices"],
  auditor: ["audit"],
  administrator: ["users", "devices"],
};

export const session = $state<{ user: User | null; known: boolean }>({ user: null, known: false });

whenSignedOut(() => {
  session.user = null;
});

export const pages = (): PageName[] => (session.user ? PAGES[session.user.role] : []);
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
  session.user = null;
}
