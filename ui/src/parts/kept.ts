/** A form that is on disk with every change, and says so. */
import { ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import { isTrouble, unreachable, type Trouble } from "../api/call";
import type { Keeper } from "./draft";

export type KeptState = "" | "keeping" | "kept" | "failed";
export interface Kept {
  /** What is changed from now on is kept. */
  ready: Ref<boolean>;
  kept: Ref<KeptState>;
  /** Why it could not be kept. */
  trouble: ShallowRef<Trouble | null>;
}

/** Keeps a form from when it is ready; `body` gives nothing where there is nothing to keep. */
export function useKept(form: object | (() => unknown), by: () => Keeper, body: () => string | null): Kept {
  const ready = ref(false);
  const kept = ref<KeptState>("");
  const trouble = shallowRef<Trouble | null>(null);
  /** The same trouble is told once, not with every letter. */
  function failed(error: unknown): void {
    kept.value = "failed";
    const now = isTrouble(error) ? error : unreachable(String(error));
    if (trouble.value?.code !== now.code) trouble.value = now;
  }
  watch(
    form,
    () => {
      if (!ready.value) return;
      const text = body();
      kept.value = "keeping";
      by()
        .keep(text)
        .then(() => ([kept.value, trouble.value] = [text === null ? "" : "kept", null]), failed);
    },
    { deep: true, flush: "sync" },
  );
  return { ready, kept, trouble };
}

/** Lets a kept form go, once nothing of it is under way to the disk. */
export async function letGo(keep: Keeper): Promise<void> {
  await keep.settled();
  await keep.keep(null);
}
