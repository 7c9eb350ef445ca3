/* Workbench by keyboard: a link with data-goes leads into the form it names, opened, its first field ready. The keys are
   keyboard.js's: data-key on the link. Without this script the link leads to the form, which opens by hand. */
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-goes]");
    const form = link && document.getElementById(link.hash.slice(1));
    if (!form || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const around = form.closest("details");
    if (around) around.open = true;
    const field = form.querySelector("textarea, select, input:not([type=hidden])") || form.querySelector("button");
    form.scrollIntoView({ block: "nearest" });
    field.focus({ preventScroll: true });
  });
})();
