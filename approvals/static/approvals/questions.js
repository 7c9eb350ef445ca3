/* Questions that apply only where another was answered so or so: [data-asked-if] holds [[name, [values]], …] as JSON,
   one of which must hold. Without this script the server shows them after the next sending. */
(() => {
  "use strict";
  const answers = (form, name) => [...form.elements].filter((control) => control.name === name && !control.closest("[hidden]") && (!["checkbox", "radio"].includes(control.type) || control.checked)).map((control) => control.value);
  const follow = (form) => {
    form.querySelectorAll("[data-asked-if]").forEach((piece) => {
      const rules = JSON.parse(piece.dataset.askedIf);
      piece.hidden = !rules.some(([name, values]) => answers(form, name).some((value) => values.includes(value)));
    });
  };
  const begin = () => document.querySelectorAll("form:has([data-asked-if])").forEach((form) => {
    follow(form);
    form.addEventListener("change", () => follow(form));
  });
  begin();
  document.addEventListener("desk:arrived", begin);
})();
