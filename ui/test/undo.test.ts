import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { HistoryRow, PromiseRow, Undone, Written } from "../src/api/bindings";
import { chooseAgain } from "../src/api/call";
import { actWords } from "../src/parts/actWords";
import { deviceName } from "../src/parts/device";
import { keepPromise } from "../src/parts/keepPromise";
import { canBack, forgetUndo, takeBack, undo, undoable, undoably } from "../src/parts/undo";

const promise: PromiseRow = { visit: "v1", household: "h1", text: "送表", due: null };
const act = (entry: string, undo: Written["undo"]) => ({ row: { entry }, undo }) as unknown as Written;
/** What the program says was done last, before and after. */
let last: (Written | null)[] = [];
let undone: Undone = { household: "h1", head: "梁永福", left: [] };
const called: { command: string; args: Record<string, unknown> }[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  called.length = 0;
  undone = { household: "h1", head: "梁永福", left: [] };
  const invoke = async (_: string, asked: (typeof called)[number]) => {
    called.push(asked);
    if (asked.command === "last_act") return last.length > 1 ? last.shift() : last[0];
    return asked.command === "undo_act" ? undone : {};
  };
  vi.stubGlobal("__TAURI_INTERNALS__", { invoke });
});
afterEach(() => {
  forgetUndo();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  chooseAgain();
});

describe("what was just done", () => {
  it("is taken back by the entry it became", async () => {
    last = [act("before", "open"), act("kept", "open")];
    await keepPromise(promise);
    expect(undoable.value?.words).toContain("送表");
    await undo();
    expect(called.map((one) => one.command)).toEqual(["last_act", "keep_promise", "last_act", "undo_act"]);
    expect(called[3]?.args).toEqual({ entry: "kept" });
    expect(undoable.value?.takeBack, "what was taken back is said, not offered again").toBeUndefined();
  });

  it("is only said where nothing new was written, or nothing that can be taken back", async () => {
    const done = () => undoable.value?.takeBack;
    last = [act("same", "open")];
    await undoably(async () => 1, () => "说了");
    expect([undoable.value?.words, done()], "what was done before is never offered for it").toEqual(["说了", undefined]);
    last = [null, act("settled", null)];
    await undoably(async () => 1, () => "说了");
    expect(done()).toBeUndefined();
    last = [null, act("theirs", "built_on")];
    await undoably(async () => 1, () => "说了");
    expect(done()).toBeUndefined();
  });

  it("that failed is neither said nor offered", async () => {
    last = [act("before", "open")];
    await expect(undoably(() => Promise.reject(new Error("没存上")), () => "说了")).rejects.toThrow("没存上");
    expect(undoable.value).toBeNull();
  });

  it("can be taken back here for ten seconds", async () => {
    last = [null, act("kept", "open")];
    await undoably(async () => 1, () => "说了");
    vi.advanceTimersByTime(9_500);
    expect(undoable.value?.left).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(undoable.value).toBeNull();
  });
});

describe("what was taken back", () => {
  it("names what stays because others have spoken of it, and the way there", async () => {
    undone.left = [{ key: "phone", label: "户联系电话" }, { key: "person/p/phone", label: "联系电话" }, { key: "address", label: "住址" }];
    await takeBack("e");
    expect(undoable.value?.words).toMatch(/梁永福.*电话.*住址/);
    expect(undoable.value?.to).toBe("h/h1/facts");
  });

  it("is offered only while nobody has gone on from it", () => {
    expect([act("a", "open"), act("a", "built_on"), act("a", "done"), act("a", null), null].map(canBack)).toEqual([true, false, false, false, false]);
  });
});

describe("an act in words", () => {
  const row = (told: HistoryRow["told"]) => ({ told }) as HistoryRow;
  const visit = { day: "2026-11-20", with: [], unchanged: true, needs: [], aid: [], promises: [], guarantees: [], amends: [] };
  const change = row({ told: "change", facts: [{ key: "phone", label: "户联系电话", value: "138****0001" }] });
  it("tells all that was written in one go, once", () => {
    const one = { what: "visit", from: null, row: row({ told: "visit", visit }), more: [change, change] } as unknown as Written;
    expect(actWords(one).match(/138/g)?.length).toBe(1);
    expect(actWords(one)).toContain("无变化");
    const moved = { ...one, what: "move", from: "覃志明", more: [] } as Written;
    expect(actWords(moved)).toMatch(/^从 覃志明 家移来；/);
  });
});

describe("a device", () => {
  it("is called what people call it, and as it calls itself where that is not known", () => {
    expect(["linux x86_64", "android aarch64", "windows x86_64", "Linux", "村委会的电脑", ""].map(deviceName)).toEqual(["电脑（Linux）", "手机（Android）", "电脑（Windows）", "电脑（Linux）", "村委会的电脑", ""]);
  });
});
