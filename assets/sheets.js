// Sheets of sprites side by side. props.value: {sheets: [{title, note, sprites, count}]} of tabs/mixing.py.
const P = window.pixels;

function show() {
  const sheets = props.value?.sheets;
  if (!sheets) return;
  element.querySelector(".sheets").replaceChildren(...sheets.map((sheet) => {
    const box = document.createElement("section"), title = document.createElement("h3"), note = document.createElement("p");
    const sprites = document.createElement("div"), rgb = P.bytes(sheet.sprites);
    title.textContent = sheet.title;
    note.textContent = sheet.note;
    sprites.className = "sprites";
    sprites.setAttribute("role", "img");
    sprites.setAttribute("aria-label", `${sheet.count} sprites, ${sheet.title}: ${sheet.note}`);
    for (let i = 0; i < sheet.count; i++) {
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = 16;
      P.drawBytes(canvas, rgb, i);
      sprites.append(canvas);
    }
    box.append(title, note, sprites);
    return box;
  }));
}

watch("value", show);
trigger("ready", {});
