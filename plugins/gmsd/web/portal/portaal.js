// Extras: a preview while an explanation is typed, and a receipt that looks by itself whether its file has been checked.
"use strict";

const text = document.getElementById("tekst");
const shown = document.getElementById("voorbeeld-tekst");
const left = document.getElementById("tekens");
if (text && shown && left) {
  const most = Number(text.getAttribute("maxlength"));
  const show = () => {
    shown.textContent = text.value;
    left.textContent = `Nog ${most - text.value.length} tekens over.`;
    document.getElementById("voorbeeld").hidden = !text.value;
  };
  text.addEventListener("input", show);
  show();
}

// 1.2 to the power of n seconds, twenty at most, and for an hour.
const waiting = document.querySelector("[data-wacht]");
if (waiting) {
  const begun = Date.now();
  let wait = 1000;
  const look = async () => {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    const page = answer && answer.ok ? await answer.text() : "";
    if (page && !page.includes("data-wacht")) {
      location.reload();
      return;
    }
    wait = Math.min(wait * 1.2, 20000);
    if (Date.now() - begun < 3600000) setTimeout(look, wait);
  };
  setTimeout(look, wait);
}
