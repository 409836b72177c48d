/** The door of the home: locked or open, how it is opened, and locking it by itself when nobody touches it. */
import { computed, effectScope, ref, watch } from "vue";
import { call } from "../api/call";
import { askAnew, useAsk } from "../api/live";
import type { LockState } from "../api/bindings";
import { offset, place, query, typed } from "./listState";
import { askStatus, status } from "./me";
import { replace } from "./route";
import { preferType } from "./type";
import { forgetUndo } from "./undo";
import { rememberWalk } from "./walk";
import { speak } from "../words";

const asked = effectScope(true).run(() => useAsk("lock_state", () => ({})))!;
export const lockState = asked.data;
export const lockTrouble = asked.trouble;
export const askLock = asked.again;
export const lockAsked = asked.first;
export const locked = computed(() => lockState.value?.locked ?? false);
/** Whether the window is out of sight: nothing of a household is to be seen in a preview. */
export const covered = ref(false);

/** Whether this device is just being enrolled: its PIN is chosen before the first screen. */
export const beginning = ref(false);

/** After so many minutes without a touch, unless the person wants it otherwise. */
export const USUAL_MINUTES = 5;
export const MINUTES = [1, 2, 5, 10, 15, 30] as const;
export const minutes = computed(() => {
  const liked = Number(lockState.value?.liked.idle);
  return liked >= 1 && liked <= 30 ? liked : USUAL_MINUTES;
});

/** How this person likes the screens, known before the home is open. */
export function asLiked(state: LockState): void {
  const { language, type } = state.liked;
  if (language === "en" || language === "zh-CN") speak(language);
  preferType(type === "large");
}

/** Takes what the program answered at the door. Behind a locked one the screens keep nothing. */
export async function took(state: LockState): Promise<void> {
  lockState.value = state;
  if (state.locked) return;
  await askStatus();
  askAnew();
}

/** Another person's home: nothing of the one before stays on the screens, not even where they stood. */
export async function movedTo(state: LockState): Promise<void> {
  status.value = null;
  forgetUndo();
  [typed.value, query.value, place.value, offset.now] = ["", "", undefined, 0];
  replace("");
  asLiked(state);
  rememberWalk(state.liked.walk);
  await took(state);
}

watch(locked, (now) => {
  if (!now) return;
  forgetUndo();
  status.value = null;
});

export async function lockNow(): Promise<void> {
  if (!lockState.value?.has_pin || locked.value) return;
  await took(await call("lock", {}));
}

/** Looks every few seconds how long nobody has touched anything. A clock set back does not keep it open. */
const LOOK = 5_000;
let touched = performance.now();
let looked = 0;

function touch(): void {
  touched = performance.now();
  looked = 0;
}

export function watchIdle(): void {
  for (const event of ["pointerdown", "keydown", "wheel", "touchmove"]) addEventListener(event, touch, { passive: true, capture: true });
  setInterval(() => {
    looked += LOOK;
    // A machine that slept has looked less often than time went by, or its count stood still: whichever is more.
    const idle = Math.max(performance.now() - touched, looked);
    if (idle >= minutes.value * 60_000) void lockNow().catch(() => undefined);
  }, LOOK);
  const phone = matchMedia("(pointer: coarse)").matches;
  const cover = () => (covered.value = document.hidden || (phone && !document.hasFocus()));
  document.addEventListener("visibilitychange", cover);
  if (phone) for (const event of ["blur", "focus"]) addEventListener(event, cover);
}
