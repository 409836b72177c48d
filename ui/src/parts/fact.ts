/** Facts as people read them: labels in the language of the screens, values of code lists in words. */
import type { Fact, Scalar } from "../api/bindings";
import { coded, t } from "../words";

/** The key without whose it is: `person/<id>/phone` is `phone`. */
export function bare(key: string): string {
  return key.split("/").pop() ?? key;
}

export function labelOf(fact: Pick<Fact, "key" | "label">): string {
  const of = fact.key.startsWith("person/") ? "person" : "household";
  return coded("fact", `${of}.${bare(fact.key)}`, fact.label);
}

/** Facts that a roster gives as a month, 201412. */
const MONTHS = ["first_identified", "identified_on", "risk_identified_on", "risk_cleared_on"];

export function textOf(key: string, value: Scalar): string {
  if (value === null || value === "") return t("fact.cleared");
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (value === "是" || value === "否") return t(value === "是" ? "yes" : "no");
  if (bare(key) === "sex") return coded("sex", String(value), String(value));
  if (bare(key) === "income_per_capita" && typeof value === "number") return (value / 100).toFixed(2);
  if (MONTHS.includes(bare(key)) && /^(19|20)\d{2}(0[1-9]|1[0-2])$/.test(String(value))) {
    return t("day.month", { year: String(value).slice(0, 4), month: Number(String(value).slice(4)) });
  }
  return coded(bare(key), String(value), String(value));
}

/** Masked so far that nothing of it is shown. */
export function hidden(value: Scalar): boolean {
  return value === "••";
}
