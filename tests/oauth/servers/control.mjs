// What both servers share: a free port, an end, and the tests' way to their state.

// Also when the tests are killed, no server stays.
process.stdin.resume().on('end', () => process.exit());

export const listen = (server) => new Promise((ready) => {
  server.listen(0, '127.0.0.1', () => ready(`http://127.0.0.1:${server.address().port}`));
});

// GET /control answers the state; POST /control with {"settings": {…}} changes settings and forgets the counts.
export const control = (state, next) => async (request, response) => {
  if (request.url !== '/control') return next(request, response);
  if (request.method === 'POST') {
    let body = '';
    for await (const piece of request) body += piece;
    Object.assign(state.settings, JSON.parse(body).settings);
    for (const name of Object.keys(state.counts)) delete state.counts[name];
  }
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(state, (_, value) => (value instanceof Set ? [...value] : value)));
};
