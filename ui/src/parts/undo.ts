/** Ten seconds to take a saved visit back. */
import { ref } from "vue";
import { call } from "../api/call";
import { kept } from "../words";

const SECONDS = 10;

export const undoable = ref<{ visit: string; words: string; left: number } | null>(null);
let ticking: ReturnType<typeof setInterval> | undefined;

export function offerUndo(visit: string, words: string): void {
  clearInterval(ticking);
  undoable.value = { visit, words, left: SECONDS };
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
  if (now) await call("strike_visit", { visit: now.visit, reason: kept("strike", "undone") });
}
