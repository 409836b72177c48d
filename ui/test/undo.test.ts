import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PromiseRow, VisitRow } from "../src/api/bindings";
import { chooseAgain } from "../src/api/call";
import { keepPromise } from "../src/parts/keepPromise";
import { forgetUndo, offerUndo, undo, undoable } from "../src/parts/undo";

const visit = { day: "2026-11-20", with: [], unchanged: false, needs: [], aid: [], promises: [{ text: "送表" }], guarantees: [], amends: [], note: "下雨" };
const promise: PromiseRow = { visit: "v1", household: "h1", text: "送表", due: null };
let note = visit.note;
const called: { command: string; args: Record<string, unknown> }[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  called.length = 0;
  note = visit.note;
  const invoke = async (_: string, asked: (typeof called)[number]) => {
    called.push(asked);
    return asked.command === "visits" ? [{ root: "v1", source: "seen", visit: { ...visit, note } } as unknown as VisitRow] : {};
  };
  vi.stubGlobal("__TAURI_INTERNALS__", { invoke });
});
afterEach(() => {
  forgetUndo();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  chooseAgain();
});

describe("a promise ticked off", () => {
  it("is taken back by the visit as it stood before", async () => {
    await keepPromise(promise);
    expect(undoable.value?.words).toContain("送表");
    await undo();
    expect(called.map((one) => one.command)).toEqual(["visits", "keep_promise", "amend_visit"]);
    expect(called[2]?.args).toEqual({ visit: "v1", correct: visit, source: "seen" });
    expect(undoable.value?.takeBack, "what was taken back is said, not offered again").toBeUndefined();
  });

  it("is only said where the visit cannot be read whole", async () => {
    note = "••";
    await keepPromise(promise);
    expect([undoable.value?.words.includes("送表"), undoable.value?.takeBack]).toEqual([true, undefined]);
  });
});

describe("a visit taken back", () => {
  it("says what stays of what was changed with it, and where", async () => {
    offerUndo("v1", "已记在本机", "h1");
    await undo();
    expect(called.map((one) => one.command)).toEqual(["strike_visit"]);
    expect(undoable.value?.to).toBe("h/h1/facts");
    offerUndo("v1", "已记在本机");
    await undo();
    expect(undoable.value?.to).toBeUndefined();
  });

  it("can be taken back for ten seconds", () => {
    offerUndo("v1", "已记在本机");
    vi.advanceTimersByTime(9_500);
    expect(undoable.value?.left).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(undoable.value).toBeNull();
  });
});
