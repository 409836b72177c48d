/** The screens begin here. */
import { createApp } from "vue";
import App from "./App.vue";
import { startListening } from "./api/live";
import "./styles/ground.css";
import "./styles/parts.css";
import { asLiked, askLock, lockState, watchIdle } from "./parts/lock";
import { rememberWalk } from "./parts/walk";
import { guessLanguage, speak } from "./words";

async function begin(): Promise<void> {
  speak(guessLanguage(navigator.languages));
  await askLock();
  if (lockState.value) asLiked(lockState.value);
  rememberWalk(lockState.value?.liked.walk);
  startListening();
  watchIdle();
  createApp(App).mount("#app");
}

void begin();
