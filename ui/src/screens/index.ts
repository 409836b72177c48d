/** Every screen by the first part of its address, and which of them stand in the frame for whom. */
import { defineAsyncComponent, type Component } from "vue";
import type { Role } from "../parts/me";
import type { Key } from "../words";
import Today from "./Today.vue";

type Load = () => Promise<{ default: Component }>;
/** What only some people open comes when it is opened. */
const later = (load: Load) => defineAsyncComponent(load);

const tapped: Load[] = [];
/** What is one tap away comes as soon as the first screen stands, so that it does not stand any later for it. */
function soon(load: Load): Component {
  tapped.push(load);
  return later(load);
}
export function bringTapped(): void {
  for (const load of tapped) void load();
}
/** The screen of a device that belongs to nobody yet. */
export const FirstRun = later(() => import("./FirstRun.vue"));
export const Pin = later(() => import("./Pin.vue"));
export const Households = soon(() => import("./Households.vue"));

export const SCREENS: Record<string, Component> = {
  today: Today,
  households: Households,
  h: soon(() => import("./HouseholdPages.vue")),
  exchange: soon(() => import("./Exchange.vue")),
  attention: soon(() => import("./Attention.vue")),
  handover: later(() => import("./Handover.vue")),
  carry: later(() => import("./Carry.vue")),
  more: soon(() => import("./More.vue")),
  conflicts: later(() => import("./Conflicts.vue")),
  register: later(() => import("./Register.vue")),
  village: later(() => import("./Village.vue")),
  import: later(() => import("./Import.vue")),
  people: later(() => import("./People.vue")),
  entrust: later(() => import("./Entrust.vue")),
  slips: later(() => import("./Slips.vue")),
  places: later(() => import("./Places.vue")),
  report: later(() => import("./Report.vue")),
  pin: Pin,
  audit: later(() => import("./Audit.vue")),
  exports: later(() => import("./Exports.vue")),
  erase: later(() => import("./Erase.vue")),
  inspections: later(() => import("./Inspections.vue")),
  duplicates: later(() => import("./DuplicatePages.vue")),
  behind: later(() => import("./Behind.vue")),
};

/** What the screen at an address is called, the pages of a household apart: `data-at` says it to whoever drives the screens. */
export function screenAt(parts: readonly string[]): string {
  const [first = "", , page = ""] = parts;
  if (first === "duplicates" && page) return "compare";
  return first === "h" ? page || "household" : first;
}

export interface Place {
  to: string;
  name: Key;
  /** A shorter name where several stand under one thumb. */
  short?: Key;
  icon: "today" | "house" | "hand" | "look" | "more" | "people" | "table" | "into" | "place" | "slip" | "village" | "two" | "twice" | "give" | "pages" | "trace" | "eye" | "erase" | "key";
  /** Whether it is a tab on a phone; the others stand under 更多. */
  tab?: boolean;
}

const today: Place = { to: "today", name: "nav.today", short: "nav.today_short", icon: "today", tab: true };
const households: Place = { to: "households", name: "nav.households", short: "nav.households_short", icon: "house", tab: true };
const exchange: Place = { to: "exchange", name: "nav.exchange", short: "nav.exchange_short", icon: "hand", tab: true };
const attention: Place = { to: "attention", name: "nav.attention", short: "nav.attention_short", icon: "look", tab: true };
const more: Place = { to: "more", name: "nav.more", icon: "more", tab: true };
const conflicts: Place = { to: "conflicts", name: "nav.conflicts", icon: "two" };
const duplicates: Place = { to: "duplicates", name: "nav.duplicates", icon: "twice" };
const village: Place = { to: "village", name: "nav.village", icon: "village" };
const handover: Place = { to: "handover", name: "nav.handover", icon: "pages" };
const audit: Place = { to: "audit", name: "nav.audit", icon: "trace" };
const inspections: Place = { to: "inspections", name: "nav.inspections", icon: "eye" };
const exports: Place = { to: "exports", name: "nav.exports", icon: "key" };
const erase: Place = { to: "erase", name: "nav.erase", icon: "erase" };
const county: Place[] = [
  { to: "report", name: "nav.report", icon: "table", tab: true },
  { ...households },
  { to: "import", name: "nav.import", icon: "into" },
  { to: "people", name: "nav.people", icon: "people" },
  { to: "entrust", name: "nav.entrust", icon: "give" },
  { to: "slips", name: "nav.slips", icon: "slip" },
  { to: "places", name: "nav.places", icon: "place" },
];

/** The places of the frame, by what a person does. */
export function placesFor(role: Role): Place[] {
  if (role === "county" || role === "township") return [...county, exchange, attention, conflicts, duplicates, ...(role === "county" ? [inspections, audit, exports, erase] : [handover]), more];
  if (role === "first_secretary") return [today, { ...village, tab: true }, households, exchange, attention, conflicts, duplicates, handover, { ...more }];
  return [today, households, exchange, attention, duplicates, handover, more];
}
