/** What was written about a household, in the words of the screens: never a code, never another language than the person's. */
import type { Told } from "../api/bindings";
import { coded, known, t } from "../words";
import { sayDay } from "./day";
import { hidden, labelOf, textOf } from "./fact";
import { visitWords } from "./visitWords";

/** What of it the name of its kind does not say already; may be nothing. */
export function toldWords(told: Told, names: ReadonlyMap<string, string> = new Map()): string {
  switch (told.told) {
    case "visit":
      return [told.visit.amends?.length ? t("told.amended") : "", visitWords(told.visit, (told.visit.met ?? []).flatMap((id) => names.get(id) ?? []))].filter(Boolean).join(t("join.clause"));
    case "change":
      return told.facts.filter((fact) => !hidden(fact.value)).map((fact) => `${labelOf(fact)} ${textOf(fact.key, fact.value)}`).join(t("join.clause"));
    case "strike":
      if (told.moved_to !== null) return t(told.back ? "told.moved_back" : "told.moved", { head: told.moved_to });
      return known("strike", told.reason);
    case "restored":
      return t("told.restored");
    case "remark":
      return told.moved_from ? t("told.moved_from", { day: sayDay(told.moved_from.day), head: told.moved_from.head }) : told.text;
    case "need_step":
      return [coded("need_step", String(told.step)), told.result].filter(Boolean).join(t("join.clause"));
    case "absent":
      return t("told.absent", { file: told.file });
    case "absent_answer":
      return known("answer", told.answer);
    case "handover":
      return told.advice;
    case "placement_wanted":
    case "grant_end":
    case "join":
    case "join_end":
    case "apart":
      return told.reason;
    case "approval":
      return labelOf(told);
    case "sample_opened":
      return t("told.sample_opened", { team: told.team });
    case "grant":
      return coded("duty", told.duty);
    default:
      return "";
  }
}
