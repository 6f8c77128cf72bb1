// Check-ins of the phone: sent at once, kept on the phone and sent later when there is no network.
import { post, Problem } from "../../api/client";

interface Waiting {
  stop: number;
  note: string;
}
const KEY = "watchgrid.checkins";
class CheckIns {
  waiting = $state.raw<Waiting[]>(JSON.parse(localStorage.getItem(KEY) ?? "[]"));
}
export const checkIns = new CheckIns();

function keep(waiting: Waiting[]): void {
  checkIns.waiting = waiting;
  localStorage.setItem(KEY, JSON.stringify(waiting));
}

/** Check in at a stop; true when the server has it, false when it waits on the phone. */
export async function checkIn(stop: number, note: string): Promise<boolean> {
  try {
    await post(`/patrol/stops/${stop}/check-in`, note ? { note } : {});
    return true;
  } catch (error) {
    if (error instanceof Problem) throw error;
    keep([...checkIns.waiting.filter((one) => one.stop !== stop), { stop, note }]);
    return false;
  }
}

/** Send what waits; what the server refuses is dropped, what cannot be sent stays. */
export async function sendWaiting(): Promise<void> {
  for (const { stop, note } of [...checkIns.waiting]) {
    try {
      await post(`/patrol/stops/${stop}/check-in`, note ? { note } : {});
    } catch (error) {
      if (!(error instanceof Problem)) return;
    }
    keep(checkIns.waiting.filter((one) => one.stop !== stop));
  }
}
