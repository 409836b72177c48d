/** Which visits of a history were struck, each with the strike that tells why. */
import type { HistoryRow, Told, VisitRow } from "../api/bindings";

type Strike = Extract<Told, { told: "strike" }>;

/** The struck visits by their entries: those that no longer count, and that a strike names which was not taken back. */
export function struckIn(rows: readonly HistoryRow[], counting: readonly VisitRow[]): Map<string, Strike> {
  const visits = new Map(rows.flatMap((row) => (row.told.told === "visit" ? [[row.entry, row.told.visit.amends ?? []] as const] : [])));
  const live = new Set(counting.map((visit) => visit.root));
  const restored = new Set(rows.flatMap((row) => (row.told.told === "restored" ? [row.told.strike] : [])));
  const strikes = rows.flatMap((row) => (row.told.told === "strike" && !restored.has(row.entry) ? [row.told] : []));
  const rootOf = (entry: string, seen: ReadonlySet<string> = new Set()): string => {
    const before = visits.get(entry)?.[0];
    return before === undefined || seen.has(entry) ? entry : rootOf(before, new Set([...seen, entry]));
  };
  const why = new Map(strikes.map((strike) => [rootOf(strike.record), strike]));
  const found = new Map<string, Strike>();
  for (const entry of visits.keys()) {
    const strike = why.get(rootOf(entry));
    if (strike && !live.has(rootOf(entry))) found.set(entry, strike);
  }
  return found;
}
