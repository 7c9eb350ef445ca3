/* Uploads: a form with data-upload shows what was chosen and how far it is; data-most and data-largest (bytes) are
   told before sending, in the words of data-too-many and data-too-large. Without this script the form is just sent.
   A form marked data-once is sent once, however often its button is pressed. */
(() => {
  "use strict";
  const size = (octets) => octets >= 1048576 ? `${(octets / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(octets / 1024))} KB`;
  const pieceOf = (form) => form.querySelector("[data-upload-status]");
  const list = (form) => {
    const status = pieceOf(form);
    if (!status) return true;
    const files = [...form.querySelectorAll("input[type=file]")].flatMap((input) => [...input.files]);
    const lines = files.map((file) => `${file.name} · ${size(file.size)}`);
    const most = Number(form.dataset.most || 0), largest = Number(form.dataset.largest || 0);
    const wrong = [];
    if (most && files.length > most) wrong.push(form.dataset.tooMany || "");
    if (largest && files.some((file) => file.size > largest)) wrong.push(form.dataset.tooLarge || "");
    status.replaceChildren(...[...wrong, ...lines].map((line, index) => {
      const p = document.createElement("p");
      p.textContent = line;
      p.className = index < wrong.length ? "problem" : "small muted";
      return p;
    }));
    return !wrong.length;
  };
  /* A refused form takes the place of the one on this page; any other answer is a page to go to and come back from. */
  const arrive = (form, request) => {
    if (request.status < 400) { location.assign(request.responseURL); return; }
    if (![409, 422].includes(request.status)) { form.submit(); return; }
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.title = page.title;
    document.body.replaceWith(document.importNode(page.body, true));
    const next = document.querySelector("form[data-upload]");
    if (next) history.replaceState({}, "", next.action);
    document.dispatchEvent(new Event("desk:arrived"));
    (document.querySelector("#errors") || document.querySelector("#main") || document.body).focus();
    scrollTo(0, 0);
  };
  const send = (form, submitter) => {
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.setAttribute("aria-label", form.dataset.sending || "");
    pieceOf(form).append(bar);
    const data = new FormData(form, submitter || undefined);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total; });
    request.addEventListener("load", () => arrive(form, request));
    request.addEventListener("error", () => { delete form.dataset.sent; bar.remove(); form.submit(); });
    request.send(data);
  };
  document.addEventListener("change", (event) => { const form = event.target.closest("form[data-upload]"); if (form && event.target.type === "file") list(form); });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-upload], form[data-once]");
    if (!form) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.matches("[data-upload]") && !list(form)) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const files = [...form.querySelectorAll("input[type=file]")].some((input) => input.files.length);
    if (form.matches("[data-upload]") && files && pieceOf(form)) { event.preventDefault(); send(form, event.submitter); }
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));
})();
