/** A list too long to hold at once: its length is known from the first page, the others come as they are scrolled to. */
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from "vue";
import { onChanged } from "../api/live";
import { isTrouble, unreachable, type Trouble } from "../api/call";

export interface Page<T> {
  total: number;
  rows: T[];
}
export interface Pages<T> {
  total: Ref<number | null>;
  trouble: ShallowRef<Trouble | null>;
  /** The row at this place, where its page has come. */
  at(index: number): T | undefined;
  /** Says which rows are on the screen: their pages and the next ones are asked for. */
  show(first: number, last: number): void;
}

/** `ask` gives a page by its number from 0; `about` says what it depends on. */
export function usePages<T>(size: number, about: () => unknown, ask: (page: number) => Promise<Page<T>>): Pages<T> {
  const total = ref<number | null>(null);
  const trouble = shallowRef<Trouble | null>(null);
  const pages = shallowRef(new Map<number, T[]>());
  const [fresh, asked] = [new Set<number>(), new Set<number>()];
  let [round, seen] = [0, { first: 0, last: 0 }];
  let another = false;

  async function fetch(page: number): Promise<void> {
    const mine = round;
    asked.add(page);
    try {
      const answer = await ask(page);
      if (mine !== round) return;
      const kept = another ? [] : pages.value;
      another = false;
      pages.value = new Map(kept).set(page, answer.rows);
      fresh.add(page);
      [total.value, trouble.value] = [answer.total, null];
    } catch (error) {
      if (mine === round) trouble.value = isTrouble(error) ? error : unreachable(String(error));
    } finally {
      if (mine === round) asked.delete(page);
    }
  }
  function need(): void {
    const last = total.value === null ? 0 : Math.max(0, Math.ceil(total.value / size) - 1);
    const [from, to] = [Math.floor(seen.first / size), Math.floor(seen.last / size)];
    for (const page of [from, to, to + 1, from - 1]) {
      if (page >= 0 && page <= last && !fresh.has(page) && !asked.has(page)) void fetch(page);
    }
  }
  function anew(): void {
    round += 1;
    fresh.clear();
    asked.clear();
    need();
  }
  watch(
    () => JSON.stringify(about()),
    () => {
      another = true;
      seen = { first: 0, last: 0 };
      anew();
    },
    { immediate: true },
  );
  onScopeDispose(onChanged(anew));
  return {
    total,
    trouble,
    at: (index) => pages.value.get(Math.floor(index / size))?.[index % size],
    show(first, last) {
      seen = { first, last };
      need();
    },
  };
}
