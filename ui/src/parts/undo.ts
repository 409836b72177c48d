/** What was just done, said for ten seconds, in which a saved visit can be taken back. */
import { ref } from "vue";
import { call } from "../api/call";
import { kept, t } from "../words";

const SECONDS = 10;

/** What was just done, in words; with the visit to take back where that can be, or with where it went. */
interface Done {
  words: string;
  left: number;
  visit?: string;
  to?: string;
}
export const undoable = ref<Done | null>(null);
let ticking: ReturnType<typeof setInterval> | undefined;

export function offerUndo(visit: string, words: string): void {
  begin({ visit, words, left: SECONDS });
}

/** Says what was done where there is nothing to take back; `to` is where one can go and see. */
export function sayDone(words: string, to?: string): void {
  begin({ words, left: SECONDS, to });
}

function begin(done: Done): void {
  clearInterval(ticking);
  undoable.value = done;
  ticking = setInterval(() => {
    const now = undoable.value;
    if (!now || now.left <= 1) forgetUndo();
    else undoable.value = { ...now, left: now.left - 1 };
  }, 1000);
}

export function forgetUndo(): void {
  clearInterval(ticking);
  undoable.value = null;
}

/** Strikes the visit just saved; the history says so. */
export async function undo(): Promise<void> {
  const now = undoable.value;
  forgetUndo();
  if (!now?.visit) return;
  await call("strike_visit", { visit: now.visit, reason: kept("strike", "undone") });
  sayDone(t("visit.undone"));
}
