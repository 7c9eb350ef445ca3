/* Print: a button marked data-print is shown, and prints, where scripts run. Without them the browser's own menu does. */
(() => {
  "use strict";
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
})();
