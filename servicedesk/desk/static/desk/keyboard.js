/* Queue by keyboard: j and k move, o opens, x selects, c claims, / searches, ? tells. Silent while an input
   method composes, while something is typed, with a modifier held; "?" → switch off is kept in this browser. */
(() => {
  "use strict";
  const KEY = "desk.keyboard";
  const rows = () => [...document.querySelectorAll("#result_list tbody tr, [data-rows] > *")];
  if (!rows().length) return;
  let at = -1;
  const off = () => { try { return localStorage.getItem(KEY) === "off"; } catch { return false; } };
  const typing = (event) => event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey
    || event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const link = (row) => row.querySelector("a.title, th a, td a, a");
  const go = (to) => {
    const all = rows();
    all.forEach((row) => row.classList.remove("at"));
    at = Math.max(0, Math.min(all.length - 1, to));
    all[at].classList.add("at");
    all[at].scrollIntoView({ block: "nearest" });
    const target = link(all[at]);
    if (target) target.focus({ preventScroll: true });
  };
  const claim = (row) => {
    const button = row.querySelector("[data-claim]");
    if (button) { button.click(); return; }
    const box = row.querySelector(".action-select");
    const action = document.querySelector("#changelist-form select[name=action]");
    if (!box || !action || ![...action.options].some((option) => option.value === "claim")) return;
    document.querySelectorAll(".action-select:checked").forEach((other) => { other.checked = false; });
    box.checked = true;
    action.value = "claim";
    action.form.requestSubmit(action.form.querySelector("button[name=index]"));
  };
  document.addEventListener("keydown", (event) => {
    if (off() || typing(event)) return;
    const row = rows()[at];
    const act = {
      j: () => go(at + 1), k: () => go(at - 1),
      o: () => row && link(row)?.click(),
      x: () => row?.querySelector(".action-select")?.click(),
      c: () => row && claim(row),
      "/": () => document.querySelector("#searchbar")?.focus(),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  document.querySelectorAll("[data-keyboard-switch]").forEach((button) => {
    button.hidden = false;
    button.setAttribute("aria-pressed", String(!off()));
    button.addEventListener("click", () => {
      try { localStorage.setItem(KEY, off() ? "on" : "off"); } catch { return; }
      button.setAttribute("aria-pressed", String(!off()));
    });
  });
})();
