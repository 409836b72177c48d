/** What was just done, said for ten seconds, in which it can be taken back where there is a way. */
import { ref } from "vue";
import { call } from "../api/call";
import { kept, t } from "../words";

const SECONDS = 10;

/** What was just done, in words; with how to take it back where that can be, or with where it went. */
interface Done {
  words: string;
  left: number;
  takeBack?: () => Promise<void>;
  to?: string;
}
export const undoable = ref<Done | null>(null);
let ticking: ReturnType<typeof setInterval> | undefined;

/** A saved visit is struck, and the history says so. What of the household was changed with it, `stays`, is not taken back. */
export function offerUndo(visit: string, words: string, stays?: string): void {
  offerBack(words, async () => {
    await call("strike_visit", { visit, reason: kept("strike", "undone") });
    if (stays) sayDone(t("visit.undone_stays"), `h/${stays}/facts`);
    else sayDone(t("visit.undone"));
  });
}

export function offerBack(words: string, takeBack: () => Promise<void>): void {
  begin({ words, takeBack, left: SECONDS });
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

/** Takes back what was just done. */
export async function undo(): Promise<void> {
  const now = undoable.value;
  forgetUndo();
  await now?.takeBack?.();
}
