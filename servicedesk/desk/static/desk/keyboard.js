/* Lists by keyboard. Rows are those of the queue, or the children of [data-rows]; j and k move, o opens, x ticks,
   c claims, / searches, ? shows the list of keys. A page adds keys of its own: whatever within a row (or, where no
   row has it, on the page) bears data-key="d" is pressed by d. Silent while an input method composes, while
   something is typed, with a modifier held; the switch beside the list of keys is kept in this browser. */
(() => {
  "use strict";
  const KEY = "desk.keyboard";
  const rows = () => [...document.querySelectorAll("#result_list tbody tr, [data-rows] > *")];
  if (!rows().length && !document.querySelector("[data-keyboard-switch]")) return;
  let at = -1;
  const off = () => { try { return localStorage.getItem(KEY) === "off"; } catch { return false; } };
  const typing = (event) => event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey
    || event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const link = (row) => row.querySelector("a.title, th a, td a, a");
  const go = (to) => {
    const all = rows();
    if (!all.length) return;
    all.forEach((row) => row.classList.remove("at"));
    at = Math.max(0, Math.min(all.length - 1, to));
    all[at].classList.add("at");
    all[at].scrollIntoView({ block: "nearest" });
    /* A row that bears data-focus takes the focus itself, so that Enter is free for its data-enter. */
    const target = all[at].matches("[data-focus]") ? all[at] : link(all[at]);
    if (target) target.focus({ preventScroll: true });
  };
  /* The row that has the focus is where one stands, however one came there. */
  document.addEventListener("focusin", (event) => {
    const found = rows().findIndex((row) => row.contains(event.target));
    if (found >= 0 && found !== at) { rows().forEach((row) => row.classList.remove("at")); at = found; rows()[at].classList.add("at"); }
  });
  const claim = (row) => {
    const box = row.querySelector(".action-select");
    const action = document.querySelector("#changelist-form select[name=action]");
    if (!box || !action || ![...action.options].some((option) => option.value === "claim")) return;
    document.querySelectorAll(".action-select:checked").forEach((other) => { other.checked = false; });
    document.querySelectorAll(".select-across").forEach((across) => { across.value = 0; });
    box.checked = true;
    action.value = "claim";
    action.form.requestSubmit(action.form.querySelector("button[name=index]"));
  };
  const own = (row, key) => {
    const named = `[data-key="${CSS.escape(key)}"]`;
    return (row && row.querySelector(named)) || [...document.querySelectorAll(named)].find((each) => !rows().some((other) => other.contains(each)));
  };
  const acts = (row) => ({
    j: () => go(at + 1), k: () => go(at - 1),
    o: () => row && link(row)?.click(),
    x: () => row?.querySelector(".action-select, input[type=checkbox]")?.click(),
    c: () => row && claim(row),
    /* The list's own search, before the filter of the menu that stands above it in the page. */
    "/": () => (document.querySelector("#searchbar") || document.querySelector("input[type=search]"))?.focus(),
    "?": () => { const keys = document.querySelector("details.keys"); if (keys) { keys.open = !keys.open; keys.querySelector("summary").focus(); } },
  });
  document.addEventListener("keydown", (event) => {
    if (typing(event)) return;
    /* The list of keys can always be asked for, or nobody finds the switch again. */
    if (off() && event.key !== "?") return;
    const row = rows()[at];
    /* Where the address leads to a place within the row, the browser may take the focus off it again. */
    const entered = event.key === "Enter" && row && (event.target === row || event.target === document.body) ? row.querySelector("[data-enter]") : null;
    const button = event.key.length === 1 && !off() ? own(row, event.key) : entered;
    const act = button ? () => button.click() : acts(row)[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  const show = () => {
    document.querySelectorAll("[data-keyboard-switch]").forEach((button) => { button.hidden = false; button.setAttribute("aria-pressed", String(!off())); });
    document.querySelectorAll("[data-keyboard-off]").forEach((said) => { said.hidden = !off(); });
  };
  document.querySelectorAll("[data-keyboard-switch]").forEach((button) => button.addEventListener("click", () => {
    try { localStorage.setItem(KEY, off() ? "on" : "off"); } catch { return; }
    show();
  }));
  show();
  /* Where a page says at which row one goes on, one stands there at once. */
  const begin = rows().findIndex((row) => row.matches("[data-at]"));
  if (begin >= 0 && !off()) {
    go(begin);
    addEventListener("load", () => setTimeout(() => { if (document.activeElement === document.body) go(at); }));
  }
})();
