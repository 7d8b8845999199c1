// What can be said of a page without looking at it: names of what takes the focus, its order, and contrast. Gives a list of faults.
() => {
  const faults = [];
  const isVisible = (node) => node.checkVisibility({ checkVisibilityCSS: true }) && !node.closest(".unseen");
  const describe = (node) => `<${node.tagName.toLowerCase()}${node.id ? " #" + node.id : ""} class="${node.getAttribute("class") ?? ""}"> "${node.textContent.trim().slice(0, 40)}"`;

  const nameOf = (node) => {
    const labelledBy = (node.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean).map((id) => document.getElementById(id)?.textContent ?? "");
    const labels = [...(node.labels ?? [])].map((label) => label.textContent);
    return [node.getAttribute("aria-label"), ...labelledBy, ...labels, node.tagName === "INPUT" ? "" : node.textContent].join("").trim();
  };
  for (const node of document.querySelectorAll("button, input, a[href], select, textarea, [tabindex='0'], [role=meter], progress, fieldset, dialog")) {
    if (node.tagName !== "FIELDSET" && nameOf(node) === "") {
      faults.push(`no name: ${describe(node)}`);
    }
  }

  for (const node of document.querySelectorAll("[tabindex]")) {
    if (node.tabIndex > 0) {
      faults.push(`a tab order of its own: ${describe(node)}`);
    }
  }

  let level = 0;
  for (const heading of document.querySelectorAll("main h1, main h2, main h3, main h4")) {
    const now = Number(heading.tagName[1]);
    if (level > 0 && now > level + 1) {
      faults.push(`a heading level is left out: ${describe(heading)}`);
    }

    level = now;
  }

  for (const landmark of ["header", "main", "footer"]) {
    if (document.querySelectorAll(`body > ${landmark}`).length !== 1) {
      faults.push(`not one ${landmark}`);
    }
  }

  if (!document.documentElement.lang || !document.title) {
    faults.push("no language or no title");
  }

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const channels = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((value) => value / 255)
      .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (channels(color)[3] === 255) {
        return color;
      }
    }

    return "white";
  };
  let count = 0;
  for (const node of document.querySelectorAll("body *")) {
    const hasText = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim() !== "");
    if (!hasText || !isVisible(node)) {
      continue;
    }

    count++;
    const style = getComputedStyle(node);
    const ink = luminance(node instanceof SVGElement ? style.fill : style.color);
    const paper = luminance(behind(node));
    const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (contrast < (isLarge ? 3 : 4.5)) {
      faults.push(`contrast ${contrast.toFixed(2)}: ${describe(node)}`);
    }
  }

  for (const node of document.querySelectorAll(".line, .part.used, .swatch.used")) {
    const style = getComputedStyle(node);
    const mark = luminance(node instanceof SVGElement ? style.stroke : style.backgroundColor);
    const paper = luminance(behind(node.parentElement));
    const contrast = (Math.max(mark, paper) + 0.05) / (Math.min(mark, paper) + 0.05);
    if (contrast < 3) {
      faults.push(`contrast of a mark ${contrast.toFixed(2)}: ${describe(node)}`);
    }
  }

  return count < 40 ? ["only " + count + " texts looked at", ...faults] : faults;
}
