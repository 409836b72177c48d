/** Which visits of a history were struck. A strike does not name its visit, so it is read off what still counts. */
import type { HistoryRow, Told, VisitRow } from "../api/bindings";

type Strike = Extract<Told, { told: "strike" }>;

/** The struck visits by their entries, each with the strike that tells why where only one reason can be meant. */
export function struckIn(rows: readonly HistoryRow[], counting: readonly VisitRow[]): Map<string, Strike | null> {
  const visits = new Map(rows.flatMap((row) => (row.told.told === "visit" ? [[row.entry, row.told.visit.amends ?? []] as const] : [])));
  const live = new Set(counting.map((visit) => visit.root));
  const strikes = rows.flatMap((row) => (row.told.told === "strike" ? [row.told] : []));
  const rootOf = (entry: string, seen: ReadonlySet<string> = new Set()): string => {
    const before = visits.get(entry)?.[0];
    return before === undefined || seen.has(entry) ? entry : rootOf(before, new Set([...seen, entry]));
  };
  // A visit whose first entry is not here, since it is older than what was fetched, is not judged.
  const gone = [...visits.keys()].filter((entry) => visits.has(rootOf(entry)) && !live.has(rootOf(entry)));
  const roots = new Set(gone.map((entry) => rootOf(entry)));
  // More visits gone than struck: something else is the matter, and nothing is said.
  if (roots.size > strikes.length) return new Map();
  const [first] = strikes;
  const why = first && strikes.every((one) => one.reason === first.reason) ? first : null;
  return new Map(gone.map((entry) => [entry, why]));
}
