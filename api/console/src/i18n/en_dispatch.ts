// English words of whom to send to an alert, and why.
import type { zhDispatch } from "./zh_dispatch";

export const enDispatch: typeof zhDispatch = {
  "send.title": "Recommended",
  "send.why": "By driving time and by what the patrol plan loses; you decide",
  "send.nearest": "nearest",
  "send.later": "{time} later",
  "send.declined": "said it cannot go: {why}",
  "send.off_shift": "not on shift",
  "send.on_rest": "on rest until {until}",
  "send.at_stop": "at a stop until {until}",
  "send.must_soon": "must-visit in {time}",
  "send.plan_kept": "the plan is kept",
  "send.no_plan": "drives no plan",
  "send.moved": "{moved} visits handed on",
  "send.dropped": "{dropped} dropped",
  "send.priority": "{n} points lost",
  "send.shift_ends": "shift ends in {time}",
  "send.home_town": "at home in {town}",
  "send.vehicle": "{vehicle}",
  "send.old_position": "position {time} old",
  "action.roads.changed": "Road closed or opened",
  "action.patrol.plan_wanted": "Patrol plan asked for",
};
