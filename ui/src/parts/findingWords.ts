/** A finding of arithmetic in the words of the screens: which rule, with its figures, and what would mend it. */
import type { FindingRow } from "../api/bindings";
import { coded, language, t } from "../words";

interface Suggestion {
  label: string;
  column: string;
  value: number;
}
interface Detail {
  rule: string;
  what?: string;
  parts?: [string, number][];
  found?: number;
  stated?: number;
  label?: string;
  households?: number;
  persons?: number;
  column?: string;
  counted?: number;
}

const column = (name: string) => coded("column", name);

function mend(suggestion: Suggestion | null): string {
  return suggestion ? t("finding.mend", { label: suggestion.label, column: column(suggestion.column), n: suggestion.value }) : "";
}

/** Rules that no screen can bring about yet say in English what to look at; their figures are in the Chinese sentence. */
export function findingWords(row: FindingRow): string {
  const { detail, suggestion } = row.finding as unknown as { detail: Detail; suggestion: Suggestion | null };
  const passed = row.verdict === "pass";
  const ending = passed ? "" : mend(suggestion);
  const say = (words: string) => [words, ending].filter(Boolean).join(" ");
  const { label = "", households = 0, persons = 0, stated = 0, found = 0, counted = 0 } = detail;
  switch (detail.rule) {
    case "sum":
      return say(t(passed ? "finding.sum_holds" : "finding.sum", { what: column(detail.what ?? ""), found, stated, n: Math.abs(stated - found), parts: detail.parts?.length ?? 0 }));
    case "persons_households":
      return say(t(passed ? "finding.persons_hold" : "finding.persons", { label, households, persons }));
    case "household_size":
      return say(t(passed ? "finding.size_holds" : "finding.size", { label, households, persons, each: (persons / Math.max(1, households)).toFixed(2) }));
    case "against_records":
      return say(t(passed ? "finding.records_hold" : "finding.records", { label, column: column(detail.column ?? ""), stated, counted }));
    default:
      return language.value === "zh-CN" ? row.sentence : coded("rule_name", row.rule);
  }
}
