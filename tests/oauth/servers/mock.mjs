// oauth2-mock-server on a free port of 127.0.0.1, with faults; its first line on stdout is its URL.
//
// The fault of the settings spoils the answers of the token endpoint while `times` lasts. The mock server itself takes
// anything for a refresh token; here only the one that was given out last is good, so that a made-up or stale one fails.
import { createServer } from 'node:http';
import { OAuth2Service, OAuth2Issuer } from 'oauth2-mock-server';
import { control, listen } from './control.mjs';

const FAULTS = {
  unavailable: (answer) => Object.assign(answer, { statusCode: 503, body: { error: 'temporarily_unavailable' } }),
  invalid_grant: (answer) => Object.assign(answer, { statusCode: 400, body: { error: 'invalid_grant' } }),
  text_expires_in: (answer) => { answer.body.expires_in = String(answer.body.expires_in); },
  no_token_type: (answer) => { delete answer.body.token_type; },
  no_refresh_token: (answer) => { delete answer.body.refresh_token; },
};
const settings = { fault: null, times: 0, lifetime: 3600 };
const counts = {};
const secrets = new Set();
// The one that is good.
const refreshTokens = [];

const server = createServer();
const url = await listen(server);
const issuer = new OAuth2Issuer();
issuer.url = url;
await issuer.keys.generate('RS256');
const service = new OAuth2Service(issuer);

const count = (name) => { counts[name] = (counts[name] ?? 0) + 1; };
const spoiled = () => settings.times > 0 && settings.times-- > 0;
service.on('beforeAuthorizeRedirect', ({ url: redirect }) => {
  count('authorize');
  secrets.add(redirect.searchParams.get('code'));
});
service.on('beforeTokenSigning', (token) => { token.payload.exp = token.payload.iat + settings.lifetime; });
service.on('beforeResponse', (answer, { body }) => {
  count(body.grant_type);
  if (body.code_verifier) secrets.add(body.code_verifier);
  if (body.grant_type === 'refresh_token' && !refreshTokens.includes(body.refresh_token)) return FAULTS.invalid_grant(answer);
  answer.body.expires_in = settings.lifetime;
  if (spoiled()) FAULTS[settings.fault](answer);
  for (const name of ['access_token', 'refresh_token', 'id_token']) if (answer.body[name]) secrets.add(answer.body[name]);
  if (answer.body.refresh_token) refreshTokens.splice(0, 1, answer.body.refresh_token);
});

server.on('request', control({ settings, counts, secrets, refreshTokens }, (request, response) => {
  // A proxy's page, which never was the server's.
  if (request.url === '/token' && settings.fault === 'html' && spoiled()) {
    count('html');
    response.writeHead(502, { 'Content-Type': 'text/html' });
    return response.end('<html><h1>502 Bad Gateway</h1></html>');
  }
  return service.requestHandler(request, response);
}));
console.log(url);
