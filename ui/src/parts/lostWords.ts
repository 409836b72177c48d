/** What would be lost with this device now: a phone on the way, a computer in the office. */
import { t } from "../words";
import { directs } from "./me";
import { wide } from "./wide";

export function lostWords(waiting: number, drafts = 0): string {
  const desk = directs.value || wide.value;
  if (waiting) return desk ? t("lost.some_desk", { n: waiting }) : t("lost.some", { n: waiting });
  if (drafts) return t("lost.drafts", { n: drafts });
  return desk ? t("lost.none_desk") : t("lost.none");
}
