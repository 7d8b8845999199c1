// Runs before the first paint, so that a chosen theme does not flash in the other one. Everything else is in modules.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("mmc-theme");
  } catch {
    // Storage may be forbidden; then the system's preference decides.
  }

  if (chosen === "light" || chosen === "dark") {
    document.documentElement.dataset.theme = chosen;
  }
})();
