/** Asking when a screen opens, and again when `changed` names what it shows. The screens keep no truth of their own. */
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import type { Step, Touched } from "./bindings";
import { call, isTrouble, listen, unreachable, type Answer, type Args, type Name, type Trouble } from "./call";

type Listener = (touched: Touched[]) => void;
const listeners = new Set<Listener>();

/** How far the long act under way has come; none when nothing takes long. */
export const step: ShallowRef<Step | null> = shallowRef(null);

/** Begins to hear; once, when the screens start. */
export function startListening(): void {
  listen({
    changed(touched) {
      forgetAhead();
      listeners.forEach((tell) => tell(touched));
    },
    step: (told) => (step.value = told),
  });
}

/** Tells every open screen to ask anew. */
export function askAnew(): void {
  listeners.forEach((tell) => tell([]));
}

/** Hears, a moment later and once for many, that something changed; gives back how to stop. */
export function onChanged(tell: () => void): () => void {
  let soon: ReturnType<typeof setTimeout> | undefined;
  const listener: Listener = () => {
    clearTimeout(soon);
    soon = setTimeout(tell, 60);
  };
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    clearTimeout(soon);
  };
}

/** What was asked before its screen stood, each answer taken once. */
const ahead = new Map<string, Promise<unknown>>();
const called = (name: Name, args: unknown) => `${name} ${JSON.stringify(args)}`;

/** Asks before there is a screen to show it: the first screen then stands at once, with what is on it. */
export async function askAhead<N extends Name>(name: N, args: Args<N>): Promise<void> {
  const answer = call(name, args);
  ahead.set(called(name, args), answer);
  // Whoever takes it is told what went wrong.
  await answer.catch(() => undefined);
}
/** What nobody has taken is old from now on. */
export function forgetAhead(): void {
  ahead.clear();
}
function ask<N extends Name>(name: N, args: Args<N>): Promise<Answer<N>> {
  const key = called(name, args);
  const asked = ahead.get(key) as Promise<Answer<N>> | undefined;
  ahead.delete(key);
  return asked ?? call(name, args);
}

export interface Asked<T> {
  data: ShallowRef<T | null>;
  trouble: ShallowRef<Trouble | null>;
  loading: Ref<boolean>;
  /** Until what was asked first is answered. */
  first: Promise<void>;
  again(): Promise<void>;
}

/** Asks now, when the arguments change, and when something changes. `args` giving null means: not yet. */
export function useAsk<N extends Name>(name: N, args: () => Args<N> | null): Asked<Answer<N>> {
  const data = shallowRef<Answer<N> | null>(null) as ShallowRef<Answer<N> | null>;
  const trouble = shallowRef<Trouble | null>(null);
  const loading = ref(false);
  let asking = 0;
  async function again(): Promise<void> {
    const given = args();
    if (!given) return;
    const mine = ++asking;
    loading.value = true;
    try {
      const answer = await ask(name, given);
      if (mine === asking) [data.value, trouble.value] = [answer, null];
    } catch (error) {
      if (mine === asking) trouble.value = isTrouble(error) ? error : unreachable(String(error));
    } finally {
      if (mine === asking) loading.value = false;
    }
  }
  onScopeDispose(onChanged(() => void again()));
  let first: Promise<void> = Promise.resolve();
  watch(() => JSON.stringify(args()), (_, before) => void (before === undefined ? (first = again()) : again()), { immediate: true });
  return { data, trouble, loading, first, again };
}

/** One act at a time, with its trouble kept for the screen to show. */
export function useAct() {
  const busy = ref(false);
  const trouble = shallowRef<Trouble | null>(null);
  async function act<T>(doing: () => Promise<T>): Promise<T | undefined> {
    if (busy.value) return undefined;
    busy.value = true;
    trouble.value = null;
    step.value = null;
    try {
      return await doing();
    } catch (error) {
      trouble.value = isTrouble(error) ? error : unreachable(String(error));
      return undefined;
    } finally {
      busy.value = false;
      step.value = null;
    }
  }
  return { busy, trouble, act };
}
