/* Drafts: a form with data-autosave="<url>" is sent there two seconds after the last change, without its files.
   A [data-autosave-status] inside it says so, in the words of its data-saving, data-saved and data-failed.
   The answer may be JSON {"version": n, "fields": {...}}: hidden inputs of those names follow it.
   Whoever goes back from a page marked data-draft="<url>" to the form that opened the draft (data-new) finds the
   draft, photos and all, and not a second form. */
(() => {
  "use strict";
  const PAUSE = 2000;
  const keep = (form) => {
    const status = form.querySelector("[data-autosave-status]");
    let timer = 0, busy = false, again = false, composing = false;
    const say = (word) => { if (status) status.textContent = (status.dataset[word] || "").replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" })); };
    const typed = () => {
      const data = new FormData(form);
      [...data.keys()].forEach((name) => { if (data.getAll(name).some((value) => value instanceof File)) data.delete(name); });
      return data;
    };
    const save = async () => {
      if (busy) { again = true; return; }
      busy = true;
      say("saving");
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body: typed(), headers: { Accept: "application/json", "X-Requested-With": "fetch" }, credentials: "same-origin" });
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
        const follow = { ...(told.fields || {}), ...(told.version === undefined ? {} : { version: told.version }) };
        Object.entries(follow).forEach(([name, value]) => form.querySelectorAll(`input[type=hidden][name="${CSS.escape(name)}"]`).forEach((input) => { input.value = value; }));
        say("saved");
      } catch { say("failed"); }
      busy = false;
      if (again) { again = false; save(); }
    };
    const later = () => { if (composing) return; clearTimeout(timer); timer = setTimeout(save, PAUSE); };
    form.addEventListener("compositionstart", () => { composing = true; });
    form.addEventListener("compositionend", () => { composing = false; later(); });
    form.addEventListener("input", later);
    form.addEventListener("submit", () => clearTimeout(timer));
  };
  const begin = () => document.querySelectorAll("form[data-autosave]").forEach(keep);
  begin();
  document.addEventListener("desk:arrived", begin);

  const DRAFT = "desk.draft";
  const opened = document.querySelector("[data-draft]");
  try { if (opened) sessionStorage.setItem(DRAFT, opened.dataset.draft); } catch { return; }
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-new]")) return;
    sessionStorage.removeItem(DRAFT);
    history.replaceState({ sent: true }, "");
  });
  addEventListener("pageshow", () => {
    const draft = history.state?.sent && document.querySelector("[data-new]") && sessionStorage.getItem(DRAFT);
    if (draft) location.replace(draft);
  });
})();
