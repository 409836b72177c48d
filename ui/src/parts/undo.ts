/** What was just done, said for ten seconds with how to take it back; from 今日 and the history it can be for a day. */
import { ref } from "vue";
import type { Undone, Written } from "../api/bindings";
import { call } from "../api/call";
import { t } from "../words";
import { labelOf } from "./fact";

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

/** What this device did last; nothing where that cannot be asked. */
const newest = () => call("last_act", {}).catch(() => null);

/** Does something, says so, and offers to take it back where it has become an act that can be. */
export async function undoably<T>(act: () => Promise<T>, words: (done: T) => string, to?: string): Promise<T> {
  const before = await newest();
  const done = await act();
  const now = await newest();
  const entry = now?.row.entry;
  // Nothing new was written, or nothing that can be taken back.
  const own = now?.undo === "open" && entry !== before?.row.entry;
  begin({ words: words(done), left: SECONDS, to, takeBack: own && entry ? () => takeBack(entry) : undefined });
  return done;
}

/** Takes an act back by any entry of it, and says what became of it. */
export async function takeBack(entry: string): Promise<void> {
  sayUndone(await call("undo_act", { entry }));
}

/** Facts of which others have spoken meanwhile stay: their names are said, and the way to them. */
function sayUndone({ household, head, left }: Undone): void {
  const what = [...new Set(left.map(labelOf))].join(t("join.item"));
  if (left.length) sayDone(t("back.left", { head, what }), `h/${household}/facts`);
  else sayDone(t("back.done", { head }), `h/${household}`);
}

/** Whether an act can be taken back now. */
export const canBack = (act: Written | null | undefined): act is Written => act?.undo === "open";

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
