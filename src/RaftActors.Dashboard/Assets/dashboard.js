// Shows the events of the page's stream: replaces parts that changed, and draws the plots. Without it the pages show one moment.
'use strict';
(() => {
  const main = document.querySelector('main[data-stream]');
  if (!main) return;
  const connection = document.getElementById('connection');
  const points = [];
  const pointsMax = 120;

  // Keeps the focus and the open disclosures of a part.
  const replace = (part, html) => {
    const focused = part.contains(document.activeElement) ? document.activeElement.id : '';
    const open = [...part.querySelectorAll('details[open]')].map(each => each.id);
    part.innerHTML = html;
    for (const id of open) {
      const again = document.getElementById(id);
      if (again) again.open = true;
    }
    if (focused) document.getElementById(focused)?.focus();
  };

  const text = number => number === undefined ? '–'
    : number >= 10 ? Math.round(number).toLocaleString('en') : String(Math.round(number * 100) / 100);

  const svg = (name, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };

  // One line for each key. A point without a value breaks the line.
  const draw = (name, keys) => {
    const figure = document.querySelector(`figure[data-plot="${name}"]`);
    if (!figure) return;
    const values = points.flatMap(point => keys.map(key => point[key])).filter(value => value !== undefined);
    const top = Math.max(1, ...values);
    const [width, height] = [240, 64];
    const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', preserveAspectRatio: 'none' });
    const label = figure.querySelector('figcaption').firstChild.textContent.trim();
    drawing.setAttribute('aria-label', `${label}, at most ${text(top)}`);
    drawing.append(svg('line', { class: 'base', x1: 0, x2: width, y1: height - 1, y2: height - 1 }));
    for (const key of keys) {
      let path = '';
      let isDown = false;
      points.forEach((point, i) => {
        if (point[key] === undefined) {
          isDown = false;
          return;
        }
        const x = width - (points.length - 1 - i) * width / (pointsMax - 1);
        const y = height - 2 - point[key] / top * (height - 6);
        path += `${isDown ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
        isDown = true;
      });
      drawing.append(svg('path', { class: `line ${key}`, d: path }));
    }
    figure.querySelector('svg')?.remove();
    figure.append(drawing);
    const last = points.at(-1);
    figure.querySelector('.now').textContent = keys.map(key => text(last[key])).join(' / ');
  };

  const listen = () => {
    const stream = new EventSource(main.dataset.stream);
    stream.onmessage = message => {
      const { parts, point } = JSON.parse(message.data);
      for (const [id, html] of Object.entries(parts)) {
        const part = document.getElementById(id);
        if (part) replace(part, html);
      }
      if (point) {
        points.push(point);
        if (points.length > pointsMax) points.shift();
        draw('rate', ['rate']);
        draw('lag', ['lag']);
        draw('time', ['median', 'high']);
      }
      connection.textContent = '';
    };
    stream.onerror = () => {
      connection.textContent = 'This node does not answer. The page shows its last state.';
      // A browser gives up after an answer that is no stream.
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    };
    addEventListener('pagehide', () => stream.close(), { once: true });
  };
  listen();

  document.addEventListener('submit', async submitted => {
    const form = submitted.target;
    const outcome = document.getElementById('outcome');
    if (!outcome || form.method !== 'post') return;
    submitted.preventDefault();
    const fields = new URLSearchParams(new FormData(form));
    outcome.className = '';
    outcome.textContent = 'The group was asked…';
    try {
      const answer = await fetch(form.action, { method: 'POST', body: fields, headers: { Accept: 'text/plain' } });
      outcome.textContent = await answer.text();
      outcome.className = answer.ok ? 'fine' : 'problem';
      if (answer.ok && form.matches('.join')) form.reset();
    } catch {
      outcome.textContent = 'This node did not answer. Look at the members before you try again.';
      outcome.className = 'problem';
    }
  });
})();
