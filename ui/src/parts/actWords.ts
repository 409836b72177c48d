/** An act in words: all that was written in one go, once. */
import type { Written } from "../api/bindings";
import { t } from "../words";
import { toldWords } from "./toldWords";

export function actWords({ what, from, row, more }: Written): string {
  if (what === "move") return [t("told.moved_from_head", { head: from ?? "" }), toldWords(row.told)].join(t("join.clause"));
  const told = [row, ...more].map((one) => toldWords(one.told)).filter(Boolean);
  return [...new Set(told)].join(t("join.clause"));
}
