import { effectScope, nextTick, ref } from "vue";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { askAnew } from "../src/api/live";
import { usePages, type Pages } from "../src/parts/pages";

const [SIZE, TOTAL] = [200, 30_000];
const scope = effectScope();
beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A list of 30,000 rows that says which pages it was asked for. */
function list(about = () => "") {
  const asked: number[] = [];
  let version = 0;
  const ask = async (page: number) => {
    asked.push(page);
    const rows = Array.from({ length: Math.min(SIZE, TOTAL - page * SIZE) }, (_, at) => `${about()}${page * SIZE + at}.${version}`);
    return { total: TOTAL, rows };
  };
  const pages = scope.run(() => usePages(SIZE, about, ask)) as Pages<string>;
  const settle = async () => {
    await vi.advanceTimersByTimeAsync(100);
    await nextTick();
  };
  return { pages, asked, settle, write: () => (version += 1) };
}

describe("a list of 30,000", () => {
  it("opens with one page and holds the next ready before it is reached", async () => {
    const { pages, asked, settle } = list();
    await settle();
    expect(asked).toEqual([0]);
    pages.show(0, 12);
    await settle();
    expect(asked).toEqual([0, 1]);
    pages.show(190, 205);
    expect(pages.at(205)).toBe("205.0");
    await settle();
    expect(asked).toEqual([0, 1, 2]);
  });

  it("asks only for what is seen after a jump to the end, and never beyond it", async () => {
    const { pages, asked, settle } = list();
    await settle();
    pages.show(29_980, 29_999);
    await settle();
    expect(asked.sort((a, b) => a - b)).toEqual([0, 148, 149]);
    expect(pages.at(29_999)).toBe("29999.0");
    expect(pages.at(15_000)).toBeUndefined();
  });

  it("asks again for what is seen when something changes, and shows the old rows meanwhile", async () => {
    const { pages, asked, settle, write } = list();
    await settle();
    pages.show(1000, 1010);
    await settle();
    asked.length = 0;
    write();
    askAnew();
    await nextTick();
    expect(pages.at(1005)).toBe("1005.0");
    await settle();
    expect(pages.at(1005)).toBe("1005.1");
    expect(asked).not.toContain(0);
  });

  it("begins anew when something else is looked for, and mixes nothing", async () => {
    const query = ref("");
    const { pages, settle } = list(() => query.value);
    await settle();
    pages.show(600, 610);
    await settle();
    query.value = "wei ";
    await nextTick();
    await settle();
    expect(pages.at(0)).toBe("wei 0.0");
    expect(pages.at(605)).toBeUndefined();
  });
});
