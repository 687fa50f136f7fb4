// oauth2-mock-server on a free port of 127.0.0.1, with faults and ways of real providers; its first line on stdout is
// its URL.
//
// The fault of the settings spoils the answers of the token endpoint while `times` lasts; `way` gives all of them a
// provider's own shape. The mock server itself takes anything for a client and for a refresh token; here only the
// refresh token that was given out last is good, and with `wants` a request that is not as it says is refused.
import { createServer } from 'node:http';
import { OAuth2Service, OAuth2Issuer } from 'oauth2-mock-server';
import { control, listen } from './control.mjs';

const refuse = (answer, statusCode, body) => { Object.assign(answer, { statusCode, body }); };
const FAULTS = {
  unavailable: (answer) => refuse(answer, 503, { error: 'temporarily_unavailable' }),
  invalid_grant: (answer) => refuse(answer, 400, { error: 'invalid_grant' }),
  // As GitHub and Slack refuse.
  bad_refresh_token: (answer) => refuse(answer, 200, { error: 'bad_refresh_token', error_description: 'It has expired.' }),
  ok_false: (answer) => refuse(answer, 200, { ok: false, error: 'invalid_refresh_token' }),
  ok_false_busy: (answer) => refuse(answer, 200, { ok: false, error: 'server_error' }),
  text_expires_in: (answer) => { answer.body.expires_in = String(answer.body.expires_in); },
  no_expires_in: (answer) => { delete answer.body.expires_in; },
  no_token_type: (answer) => { delete answer.body.token_type; },
  no_refresh_token: (answer) => { delete answer.body.refresh_token; },
};
const WAYS = {
  slack: (answer) => {
    const { access_token, refresh_token, expires_in } = answer.body;
    answer.body = { ok: true, authed_user: { access_token, refresh_token, expires_in, scope: 'files:read,users:read' } };
  },
  salesforce: (answer) => { answer.body.instance_url = 'https://eu.salesforce.test'; delete answer.body.expires_in; },
  microsoft: FAULTS.text_expires_in,
};
const settings = { fault: null, times: 0, lifetime: 3600, way: null, wants: null };
const counts = {};
const secrets = new Set();
// The one that is good.
const refreshTokens = [];
// What came to /authorize and to the token endpoint last, for the tests to look at.
const last = {};

const server = createServer();
const url = await listen(server);
const issuer = new OAuth2Issuer();
issuer.url = url;
await issuer.keys.generate('RS256');
const service = new OAuth2Service(issuer);

const count = (name) => { counts[name] = (counts[name] ?? 0) + 1; };
const spoiled = () => settings.times > 0 && settings.times-- > 0;
service.on('beforeAuthorizeRedirect', ({ url: redirect }, { query }) => {
  count('authorize');
  last.authorize = query;
  secrets.add(redirect.searchParams.get('code'));
});
service.on('beforeTokenSigning', (token) => { token.payload.exp = token.payload.iat + settings.lifetime; });
service.on('beforeResponse', (answer, { body, headers, originalUrl }) => {
  count(body.grant_type);
  last.token = { path: originalUrl, type: headers['content-type'], body };
  for (const name of ['code_verifier', 'assertion', 'client_secret']) if (body[name]) secrets.add(body[name]);
  const wants = settings.wants ?? {};
  if (wants.type && headers['content-type'] !== wants.type) return refuse(answer, 400, { error: 'invalid_request' });
  if (wants.authorization && headers.authorization !== wants.authorization) return refuse(answer, 401, { error: 'invalid_client' });
  if (wants.nothing && wants.nothing.some((name) => name in body)) return refuse(answer, 400, { error: 'invalid_request' });
  if (body.grant_type === 'refresh_token' && !refreshTokens.includes(body.refresh_token)) return FAULTS.invalid_grant(answer);
  answer.body.expires_in = settings.lifetime;
  for (const name of ['access_token', 'refresh_token', 'id_token']) if (answer.body[name]) secrets.add(answer.body[name]);
  const given = answer.body.refresh_token;
  WAYS[settings.way]?.(answer);
  if (spoiled()) FAULTS[settings.fault](answer);
  const kept = answer.body.refresh_token ?? answer.body.authed_user?.refresh_token;
  if (kept && kept === given) refreshTokens.splice(0, 1, given);
  return undefined;
});

server.on('request', control({ settings, counts, secrets, refreshTokens, last }, async (request, response) => {
  // The mock server knows no assertions: what it is sent is kept, and refused as it would.
  if (request.url === '/token' && settings.way === 'assertion') {
    let body = '';
    for await (const piece of request) body += piece;
    last.sent = Object.fromEntries(new URLSearchParams(body));
    if (last.sent.assertion) secrets.add(last.sent.assertion);
    response.writeHead(400, { 'Content-Type': 'application/json' });
    return response.end('{"error":"invalid_grant"}');
  }
  // A proxy's page, which never was the server's.
  if (request.url === '/token' && settings.fault === 'html' && spoiled()) {
    count('html');
    response.writeHead(502, { 'Content-Type': 'text/html' });
    return response.end('<html><h1>502 Bad Gateway</h1></html>');
  }
  // Some providers refresh elsewhere.
  if (request.url === '/refresh') {
    count('separate refresh URL');
    request.url = '/token';
  }
  return service.requestHandler(request, response);
}));
console.log(url);
