/** 练习: three invented households in a ledger of their own. Everything shows that it is practice; nothing of it goes anywhere. */
import { computed, watch } from "vue";
import { call } from "../api/call";
import { askAnew } from "../api/live";
import { offset, place, query, typed } from "./listState";
import { status } from "./me";
import { replace } from "./route";
import { forgetUndo } from "./undo";

export const practising = computed(() => status.value?.practice ?? false);
watch(practising, (now) => document.documentElement.classList.toggle("practising", now));

/** Begins or ends practice; the screens begin anew at their first one. */
export async function practise(on: boolean): Promise<void> {
  status.value = await call("practice", { on });
  forgetUndo();
  [typed.value, query.value, place.value, offset.now] = ["", "", undefined, 0];
  replace(on ? "today" : "");
  askAnew();
}
