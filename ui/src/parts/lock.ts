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
let touchedAt = Date.now();
let looked = 0;

/** For how long, in milliseconds: by the count of the looks, by the program's own clock, which may stand still while the
 *  machine sleeps, and by the clock on the wall, which goes on: whichever is most. */
function idle(): number {
  return Math.max(performance.now() - touched, Date.now() - touchedAt, looked);
}
const isIdle = (): boolean => idle() >= minutes.value * 60_000;
async function lockIfIdle(): Promise<void> {
  if (isIdle()) await lockNow().catch(() => undefined);
}
/** The first touch after too long comes too late to keep it open. */
function touch(): void {
  if (lockState.value?.has_pin && !locked.value && isIdle()) void lockIfIdle();
  else [touched, touchedAt, looked] = [performance.now(), Date.now(), 0];
}

export function watchIdle(): void {
  for (const event of ["pointerdown", "keydown", "wheel", "touchmove"]) addEventListener(event, touch, { passive: true, capture: true });
  setInterval(() => {
    looked += LOOK;
    void lockIfIdle();
  }, LOOK);
  const phone = matchMedia("(pointer: coarse)").matches;
  const out = () => document.hidden || (phone && !document.hasFocus());
  // Whoever comes back after too long finds the lock, and nothing is to be seen before it stands.
  const cover = async () => {
    if (!out()) await lockIfIdle();
    covered.value = out();
  };
  document.addEventListener("visibilitychange", cover);
  if (phone) for (const event of ["blur", "focus"]) addEventListener(event, cover);
}
