/** A visit in one line of words. */
import type { Visit } from "../api/bindings";
import { coded, t } from "../words";
import { sayDay } from "./day";

/** `met`: the names of those of the family who were met, where they are known. */
export function visitWords(visit: Visit, met: readonly string[] = []): string {
  const words: string[] = [];
  if (visit.who_met) words.push(t("visit.met", { who: [coded("met", visit.who_met), met.join(t("join.item"))].filter(Boolean).join(" ") }));
  if (visit.unchanged) words.push(t("visit.unchanged"));
  for (const need of visit.needs ?? []) words.push(t("visit.need", { what: [coded("need", need.category), need.text].filter(Boolean).join(" ") }));
  for (const one of visit.guarantees ?? []) if (!one.met) words.push(t("visit.need", { what: coded("need", one.what) }));
  for (const promise of visit.promises ?? []) words.push(t("visit.promise", { what: promise.due ? t("visit.promise_by", { what: promise.text, day: sayDay(promise.due) }) : promise.text }));
  for (const aid of visit.aid ?? []) words.push(t("visit.aid", { what: `${coded("aid", aid.item)} ${aid.quantity_hundredths / 100}${coded("unit", aid.unit)}` }));
  if (visit.next_visit_on) words.push(t("visit.next", { day: sayDay(visit.next_visit_on) }));
  if (visit.note) words.push(visit.note.split("\n").map(keptPromise).join("\n"));
  return words.join(t("join.clause")) || t("visit.nothing");
}

/** A promise kept is noted in the county's language; it is told in the person's. */
function keptPromise(line: string): string {
  const found = /^已办到：(.*)（(\d{4}-\d{2}-\d{2})）$/.exec(line);
  return found ? t("visit.kept_promise", { what: found[1] ?? "", day: sayDay(found[2] ?? "") }) : line;
}
