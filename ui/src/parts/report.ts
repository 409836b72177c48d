/** The report as the program gives it out (lianhu-core, `report`): tables of figures, each with the key of its records. */
import { plusDays, plusMonths, today } from "./day";

export interface Figure {
  key: string;
  value: number;
}
export interface PlaceRef {
  id: string;
  name: string;
}
export interface PlaceLine {
  kind: "town" | "village" | "total";
  place: PlaceRef | null;
  figures: Figure[];
}
export interface Pair {
  households: Figure;
  persons: Figure;
}
export interface Report {
  by_place: PlaceLine[];
  by_year_and_site: { sites: (PlaceRef | null)[]; rows: { year: number | null; cells: Pair[]; total: Pair }[]; totals: Pair[]; total: Pair };
}

/** What a figure counts, by its key. */
export function measureOf(key: string): string {
  return key.split("?")[0] ?? key;
}

export type PeriodName = "month" | "last_month" | "quarter" | "year";

export function periodOf(name: PeriodName, day = today()): { from: string; to: string } {
  const [year = "", month = "01"] = day.split("-");
  const first = `${year}-${month}-01`;
  if (name === "month") return { from: first, to: plusDays(plusMonths(first, 1), -1) };
  if (name === "last_month") return { from: plusMonths(first, -1), to: plusDays(first, -1) };
  if (name === "year") return { from: `${year}-01-01`, to: `${year}-12-31` };
  const begin = `${year}-${String(Math.floor((Number(month) - 1) / 3) * 3 + 1).padStart(2, "0")}-01`;
  return { from: begin, to: plusDays(plusMonths(begin, 3), -1) };
}
