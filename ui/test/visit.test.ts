import { afterEach, describe, expect, it, vi } from "vitest";
import type { DraftRow } from "../src/api/bindings";
import { chooseAgain } from "../src/api/call";
import { addressOf, isOf, kindOf } from "../src/parts/begun";
import { groups } from "../src/parts/code";
import { dayOf, plusDays, plusMonths } from "../src/parts/day";
import { formKeeper, keeper } from "../src/parts/draft";
import { letGo } from "../src/parts/kept";
import { factsDraft, fromFactsDraft } from "../src/parts/factsForm";
import { phoneDoubt } from "../src/parts/phone";
import { periodOf } from "../src/parts/report";
import { typedNumbers, without } from "../src/parts/typedNumbers";
import { visitWords } from "../src/parts/visitWords";
import { AID, amendDraft, emptyForm, fromAmendDraft, fromDraft, fromVisit, maySayUnchanged, toLearned, toVisit, untouched } from "../src/parts/visitForm";

afterEach(() => {
  vi.unstubAllGlobals();
  chooseAgain();
});

describe("a visit", () => {
  it("says nothing has changed only where someone was met and nothing else was filled in", () => {
    expect(maySayUnchanged(emptyForm())).toBe(false);
    expect(maySayUnchanged({ ...emptyForm(), who_met: "head" })).toBe(true);
    expect(maySayUnchanged({ ...emptyForm(), who_met: "nobody" })).toBe(false);
    expect(maySayUnchanged({ ...emptyForm(), who_met: "head", promise: "问低保" })).toBe(false);
  });

  it("is nothing to save while nothing at all was filled in", () => {
    expect(untouched(emptyForm())).toBe(true);
    const filled = [{ who_met: "nobody" }, { next: "2026-12-20" }, { note: "下雨" }, { phone: "13912345678" }, { promise: "送表" }];
    for (const one of filled) expect(untouched({ ...emptyForm(), ...one }), JSON.stringify(one)).toBe(false);
    expect(untouched({ ...emptyForm(), needs: [{ category: "饮水", text: "" }] })).toBe(false);
    expect(untouched({ ...emptyForm(), aid: [AID[0]!] })).toBe(false);
    expect(untouched({ ...emptyForm(), guarantees: [{ what: "water", met: true }] })).toBe(false);
    expect(untouched({ ...emptyForm(), mode: "phone", day: "2026-11-20", note: "  " })).toBe(true);
  });

  it("comes back from its draft as it was, and from a spoilt draft empty", () => {
    const form = { ...emptyForm(), who_met: "member", aid: [...AID], promise: "送表", due: "2026-12-01", next: "2026-12-20" };
    expect(fromDraft(JSON.stringify(form))).toEqual(form);
    expect(fromDraft("{half")).toEqual(emptyForm());
  });

  it("takes along what was learned at it, and nothing where nothing was", () => {
    expect(toLearned({ ...emptyForm(), who_met: "head", phone: "  " })).toBe(null);
    const ids = [{ person: "a1", number: "52273119620214001X" }];
    expect(toLearned({ ...emptyForm(), phone: " 13912345678 ", ids })).toEqual({ facts: { phone: "13912345678" }, persons: { a1: { id_no: "52273119620214001X" } } });
    expect(toLearned({ ...emptyForm(), ids })?.facts).toEqual({});
  });

  it("keeps its promises when it is corrected", () => {
    const visit = toVisit({ ...emptyForm(), promise: " 送表 ", due: "2026-12-01" }, false);
    expect(visit.promises).toEqual([{ text: "送表", due: "2026-12-01" }]);
    const again = toVisit({ ...fromVisit(visit), promise: "修水管" }, false);
    expect(again.promises).toEqual([{ text: "送表", due: "2026-12-01" }, { text: "修水管" }]);
  });

  it("has its promises corrected in words and day, and one without words taken out", () => {
    const visit = toVisit({ ...emptyForm(), promise: "送表", due: "2026-12-01" }, false);
    const form = fromVisit({ ...visit, promises: [...(visit.promises ?? []), { text: "问低保" }] });
    form.kept[0] = { text: " 送低保申请表 ", due: "2026-12-15" };
    form.kept[1]!.text = " ";
    expect(toVisit(form, false).promises).toEqual([{ text: "送低保申请表", due: "2026-12-15" }]);
    expect(visit.promises, "what is corrected is not touched").toEqual([{ text: "送表", due: "2026-12-01" }]);
  });

  it("says which of the family was met, only where one of them was, and in words where they are known", () => {
    const visit = toVisit({ ...emptyForm(), who_met: "member", met: ["p2", "p3"] }, true);
    expect([visit.met, fromVisit(visit).met]).toEqual([["p2", "p3"], ["p2", "p3"]]);
    expect(visitWords(visit, ["覃小满", "覃小丽"])).toMatch(/家人 覃小满、覃小丽/);
    expect(visitWords(visit)).toContain("家人");
    expect(toVisit({ ...fromVisit(visit), who_met: "head" }, true).met).toBeUndefined();
    expect(toVisit({ ...emptyForm(), who_met: "member" }, true).met).toBeUndefined();
    expect(fromDraft('{"who_met":"member"}').met, "a draft of before").toEqual([]);
  });

  it("keeps what no control shows when it is corrected", () => {
    const visit = { ...toVisit({ ...emptyForm(), who_met: "head" }, true), with: ["u1"], entered_late: "下雨" };
    const again = toVisit({ ...fromVisit(visit), day: "2026-11-19" }, false);
    expect([again.with, again.entered_late, again.unchanged, again.day]).toEqual([["u1"], "下雨", true, "2026-11-19"]);
    expect(toVisit({ ...fromVisit(visit), note: "老人摔了" }, false).unchanged).toBe(false);
  });
});

describe("a kept form", () => {
  it("is let go once nothing of it is under way to the disk", async () => {
    const done: string[] = [];
    let saved = () => {};
    const invoke = async (_: string, { command }: { command: string }) => {
      if (command === "save_draft") await new Promise<void>((resolve) => (saved = resolve));
      done.push(command);
      return "d1";
    };
    vi.stubGlobal("__TAURI_INTERNALS__", { invoke });
    const keep = keeper("h1", null);
    void keep.keep("half");
    const gone = letGo(keep);
    await vi.waitFor(() => saved());
    saved();
    await gone;
    expect(done).toEqual(["save_draft", "discard_draft"]);
    expect(keep.id()).toBeNull();
  });
});

describe("a telephone number", () => {
  it("is doubted where it is neither a mobile number nor one with an area code", () => {
    for (const right of ["", "13912345678", "139 1234 5678", "+8613912345678", "１３９１２３４５６７８", "0377-6691234", "03776691234", "010-12345678"]) expect(phoneDoubt(right), right).toBeNull();
    expect(phoneDoubt("1391234567")).toEqual({ doubt: "length", digits: 10 });
    expect(phoneDoubt("139123456789")).toEqual({ doubt: "length", digits: 12 });
    expect(phoneDoubt("6691234")).toEqual({ doubt: "length", digits: 7 });
    expect(phoneDoubt("12912345678")).toEqual({ doubt: "beginning" });
  });
});

describe("a draft", () => {
  it("is saved one at a time, the last words last, under one id", async () => {
    const saved: { id: string | null; body: string }[] = [];
    const invoke = vi.fn(async (_: string, asked: { args: { id: string | null; body: string } }) => {
      saved.push({ id: asked.args.id, body: asked.args.body });
      return "draft-1";
    });
    vi.stubGlobal("__TAURI_INTERNALS__", { invoke });
    const keep = keeper("household", null);
    void keep.keep("a");
    void keep.keep("ab");
    void keep.keep("abc");
    await keep.settled();
    expect(saved[0]).toEqual({ id: null, body: "a" });
    expect(saved.at(-1)).toEqual({ id: "draft-1", body: "abc" });
    expect(keep.id()).toBe("draft-1");
  });

  it("is let go where the form is as it was, and begun anew after that", async () => {
    const called: string[] = [];
    const invoke = vi.fn(async (_: string, { command, args }: { command: string; args: { id: string | null } }) => {
      called.push(`${command} ${args.id}`);
      return "draft-1";
    });
    vi.stubGlobal("__TAURI_INTERNALS__", { invoke });
    const keep = keeper("household", null);
    await keep.keep(null);
    expect(called, "what was never begun is not let go").toEqual([]);
    for (const body of ["a", null, "b"]) await keep.keep(body);
    expect(called).toEqual(["save_draft null", "discard_draft draft-1", "save_draft null"]);
  });

  it("of no household yet is kept by the name of its form", async () => {
    const kept: unknown[] = [];
    vi.stubGlobal("__TAURI_INTERNALS__", { invoke: vi.fn(async (_: string, asked: { args: unknown }) => (kept.push(asked.args), null)) });
    const keep = formKeeper("register", false);
    await keep.keep("a");
    await keep.keep(null);
    expect(kept).toEqual([{ form: "register", body: "a" }, { form: "register", body: null }]);
  });

  const row = (body: string): DraftRow => ({ id: "d", household: "h", body, saved_at: 0 });
  it("is gone on with in its own form, and only a visit's is a visit", () => {
    const visit = row(JSON.stringify({ ...emptyForm(), who_met: "head" }));
    const facts = { typed: { phone: "" }, gone: ["room"] };
    const bodies = [visit, row(factsDraft(undefined, facts)), row(factsDraft("p1", facts)), row(amendDraft("v1", emptyForm())), row('{"form":"of a later version"}'), row("")];
    expect(bodies.map(addressOf)).toEqual(["h/h/visit?draft=d", "h/h/facts", "h/h/facts/p1", "h/h/visit?amends=v1", "h/h", "h/h/visit?draft=d"]);
    expect(bodies.filter((one) => isOf(one, { form: "visit" })).length).toBe(2);
    expect(isOf(bodies[1]!, { form: "facts", person: undefined })).toBe(true);
    expect(isOf(bodies[2]!, { form: "facts", person: "p2" })).toBe(false);
    expect(kindOf(bodies[3]!.body)).toEqual({ form: "amend", visit: "v1" });
  });

  it("of facts comes back as it was typed, without what no field asks for", () => {
    const form = { typed: { phone: "13912345678", name: "" }, gone: ["room"], source: "seen" as const };
    expect(fromFactsDraft(factsDraft("p", form))).toEqual({ typed: { phone: "13912345678" }, gone: ["room"], source: "seen" });
    expect(fromFactsDraft('{"form":"facts","typed":{"password":"x"},"gone":["x"],"source":"x"}')).toEqual({ typed: {}, gone: [], source: "household" });
  });

  it("of a correction takes nothing from the visit but what no control shows", () => {
    const visit = { ...toVisit({ ...emptyForm(), who_met: "head", note: "下雨", next: "2026-12-20" }, false), entered_late: "停电" };
    const form = { ...fromVisit(visit), note: "下雪", who_met: undefined, next: undefined };
    const back = fromAmendDraft(amendDraft("v", form), visit);
    expect([back.note, back.who_met, back.next, back.was]).toEqual(["下雪", undefined, undefined, visit]);
    expect(fromAmendDraft("{half", visit)).toEqual(fromVisit(visit));
  });
});

describe("a day", () => {
  it("is counted by the country's one time", () => {
    expect(dayOf(Date.UTC(2026, 10, 21, 15, 59) / 1000)).toBe("2026-11-21");
    expect(dayOf(Date.UTC(2026, 10, 21, 16, 0) / 1000)).toBe("2026-11-22");
  });

  it("moves by days and months, and stops at the end of a shorter month", () => {
    expect(plusDays("2026-12-28", 7)).toBe("2027-01-04");
    expect(plusMonths("2026-01-31", 1)).toBe("2026-02-28");
    expect(plusMonths("2026-11-30", 3)).toBe("2027-02-28");
  });

  it("belongs to a month, a quarter and a year", () => {
    expect(periodOf("month", "2026-02-10")).toEqual({ from: "2026-02-01", to: "2026-02-28" });
    expect(periodOf("last_month", "2026-01-10")).toEqual({ from: "2025-12-01", to: "2025-12-31" });
    expect(periodOf("quarter", "2026-11-10")).toEqual({ from: "2026-10-01", to: "2026-12-31" });
  });
});

describe("an enrolment code", () => {
  it("is cut into groups of five however it was pasted", () => {
    expect(groups("3ulxy-six2h xdsj3")).toEqual(["3ULXY", "SIX2H", "XDSJ3"]);
    expect(groups("３ＵＬＸＹ")).toEqual(["3ULXY"]);
    expect(groups("")).toEqual([]);
  });
});

describe("a number typed into free text", () => {
  it("is known as a telephone or a certificate, in any width and with blanks, and never as a part of something longer", () => {
    const found = (text: string): string[] => typedNumbers(text).map((one) => `${one.kind} ${one.number}`);
    expect(found("儿子电话13800138000，在外")).toEqual(["phone 13800138000"]);
    expect(found("打 138 0013 8000 或１３９００００１１１１")).toEqual(["phone 13800138000", "phone 13900001111"]);
    expect(found("证号52273119620214001x要换")).toEqual(["id 52273119620214001X"]);
    for (const grouped of ["522731 19620214 001x", "522731-1962-0214-001X", "５２２７３１ 19620214 001x"]) expect(found(`证号${grouped}要换`), grouped).toEqual(["id 52273119620214001X"]);
    expect(found("13800138000 1234567"), "no day of birth").toEqual(["phone 13800138000"]);
    expect(found("村委会 0377-6691234，(010) 12345678，03776691234")).toEqual(["phone 03776691234", "phone 01012345678", "phone 03776691234"]);
    for (const none of ["2026年11月22日花了1280元", "户编号411321100000001", "52273119620214001443", "1380013800", "三组12号", "2026-01-1234567", "012 345"]) {
      expect(found(none), none).toEqual([]);
    }
  });

  it("is taken out of the text with the comma it would leave", () => {
    expect(without("老人摔了，13800138000，下周再去", "13800138000")).toBe("老人摔了，下周再去");
    expect(without("13800138000", "13800138000")).toBe("");
  });
});
