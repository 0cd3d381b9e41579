// @ts-check
/** Before the first paint: the theme chosen earlier, so that no page flashes. A classic script on purpose. */

(() => {
  try {
    const theme = localStorage.getItem("csw-theme");
    if (theme === "day" || theme === "night") document.documentElement.dataset.theme = theme;
  } catch {
    // No storage: the system's preference holds.
  }
})();
