/** The screens begin here. */
import { createApp } from "vue";
import App from "./App.vue";
import { askAhead, forgetAhead, startListening } from "./api/live";
import "./styles/ground.css";
import "./styles/parts.css";
import { asLiked, lockAsked, lockState, watchIdle } from "./parts/lock";
import { me, role, statusAsked } from "./parts/me";
import { rememberWalk } from "./parts/walk";
import { bringTapped } from "./screens";
import { guessLanguage, speak } from "./words";

/** What is on the first screen is drawn with it, unless it takes longer than somebody would notice. */
const NOTICED = 300;
async function firstScreen(): Promise<void> {
  await statusAsked;
  if (!me.value || role.value === "county" || role.value === "township" || location.hash.length > 2) return;
  await Promise.all([askAhead("today_list", {}), askAhead("tidings", {})]);
}

async function begin(): Promise<void> {
  speak(guessLanguage(navigator.languages));
  await lockAsked;
  if (lockState.value) asLiked(lockState.value);
  rememberWalk(lockState.value?.liked.walk);
  startListening();
  watchIdle();
  if (!lockState.value?.locked) await Promise.race([firstScreen(), new Promise((over) => setTimeout(over, NOTICED))]);
  createApp(App).mount("#app");
  setTimeout(() => (forgetAhead(), bringTapped()), NOTICED);
}

void begin();
