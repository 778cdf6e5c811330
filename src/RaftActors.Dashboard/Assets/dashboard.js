// Shows the events of the page's stream: replaces parts that changed, and draws the plots. Without it the pages show one moment.
'use strict';
(() => {
  if (!document.querySelector('main[data-live]')) return;
  const connection = document.getElementById('connection');
  const points = [];
  const span = 120000;

  // Changes only what differs, so the focus, a selection and open disclosures stay. A row never becomes that of another member: then a
  // click would mean another one than the page showed.
  const morph = (from, to) => {
    if (from.nodeName !== to.nodeName || from.dataset?.key !== to.dataset?.key) {
      from.replaceWith(to);
      return;
    }
    if (from.nodeType !== Node.ELEMENT_NODE) {
      if (from.data !== to.data) from.data = to.data;
      return;
    }
    for (const { name, value } of to.attributes) {
      if (from.getAttribute(name) !== value) from.setAttribute(name, value);
    }
    for (const { name } of [...from.attributes]) {
      if (!to.hasAttribute(name) && name !== 'open') from.removeAttribute(name);
    }
    morphChildren(from, to);
  };
  const morphChildren = (from, to) => {
    const wanted = [...to.childNodes];
    while (from.childNodes.length > wanted.length) from.lastChild.remove();
    wanted.forEach((child, i) => i < from.childNodes.length ? morph(from.childNodes[i], child) : from.append(child));
  };
  const replace = (part, html) => {
    const template = document.createElement('template');
    template.innerHTML = html;
    morphChildren(part, template.content);
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
    const top = Math.max(0, ...values);
    const [width, height] = [240, 64];
    const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', preserveAspectRatio: 'none' });
    const label = figure.querySelector('figcaption').firstChild.textContent.trim();
    drawing.setAttribute('aria-label', `${label}, at most ${text(top)}`);
    drawing.append(svg('line', { class: 'base', x1: 0, x2: width, y1: height - 1, y2: height - 1 }));
    for (const key of keys) {
      let path = '';
      let isDown = false;
      points.forEach(point => {
        if (point[key] === undefined) {
          isDown = false;
          return;
        }
        const x = width - (points.at(-1).at - point.at) / span * width;
        const y = height - 2 - (top && point[key] / top) * (height - 6);
        path += `${isDown ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
        isDown = true;
      });
      drawing.append(svg('path', { class: `line ${key}`, d: path }));
    }
    figure.querySelector('svg')?.remove();
    figure.append(drawing);
    const last = points.at(-1);
    const now = keys.map(key => text(last[key])).join(' / ');
    figure.querySelector('.now').textContent = values.length ? `${now}, max ${text(top)}` : 'not measured';
  };

  let stream;
  const listen = () => {
    stream?.close();
    stream = new EventSource(location);
    stream.onmessage = message => {
      const { parts, point } = JSON.parse(message.data);
      for (const [id, html] of Object.entries(parts)) {
        const part = document.getElementById(id);
        if (part) replace(part, html);
      }
      if (point) {
        points.push(point);
        while (points[0].at < point.at - span) points.shift();
        draw('rate', ['rate']);
        draw('lag', ['lag']);
        draw('time', ['median', 'high']);
      }
      connection.textContent = '';
      connection.dataset.events = 'yes';
    };
    stream.onerror = () => {
      connection.textContent = 'This node does not answer. The page shows its last state.';
      // A browser gives up after an answer that is no stream.
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    };
  };
  listen();
  addEventListener('pagehide', () => stream.close());
  // A page that comes back from the cache of the browser goes on as it was, without its stream.
  addEventListener('pageshow', shown => {
    if (shown.persisted) listen();
  });

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
      outcome.textContent = 'This node did not answer. Look at the page before you try again.';
      outcome.className = 'problem';
    }
  });
})();
