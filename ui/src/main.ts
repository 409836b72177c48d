/** The screens begin here. */
import { createApp } from "vue";
import App from "./App.vue";
import { call } from "./api/call";
import { startListening } from "./api/live";
import "./styles/ground.css";
import "./styles/parts.css";
import { preferType } from "./parts/type";
import { rememberWalk } from "./parts/walk";
import { guessLanguage, speak, type Language } from "./words";

async function begin(): Promise<void> {
  speak(guessLanguage(navigator.languages));
  const liked = await call("preferences", {}).catch(() => ({}) as Record<string, string>);
  if (liked.language === "en" || liked.language === "zh-CN") speak(liked.language satisfies Language);
  preferType(liked.type === "large");
  rememberWalk(liked.walk);
  startListening();
  createApp(App).mount("#app");
}

void begin();
