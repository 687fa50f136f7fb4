// The certified oidc-provider on a free port of 127.0.0.1; its first line on stdout is its URL.
//
// Both clients are native ones, which may call back at any port of this machine (RFC 8252 7.3). What the tests change
// and ask is under /control, and is no part of the provider: the lifetime of access tokens, rotation, a token
// endpoint that is slow or whose answers get lost, what was granted and refused.
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';
import { control, listen } from './control.mjs';

const CLIENT_SECRET = 's3cr3t:with%odd/chars+';
const settings = {
  lifetime: +(process.env.LIFETIME || 3600),
  rotate: process.env.ROTATE !== '0',
  delay: 0,
  cut: 0,
};
const counts = {};
const secrets = new Set([CLIENT_SECRET]);
const refreshTokens = [];

const server = createServer();
const url = await listen(server);
const client = (id, method, more) => ({
  client_id: id,
  token_endpoint_auth_method: method,
  application_type: 'native',
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
  ...more,
});
const provider = new Provider(url, {
  clients: [
    client('pub-native', 'none'),
    client('conf-post', 'client_secret_post', { client_secret: CLIENT_SECRET }),
  ],
  scopes: ['openid', 'offline_access'],
  pkce: { required: () => true },
  rotateRefreshToken: () => settings.rotate,
  issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
  features: {
    devInteractions: { enabled: true },
    introspection: { enabled: true },
  },
  ttl: {
    AccessToken: () => settings.lifetime,
    AuthorizationCode: 60,
    RefreshToken: 86400,
    Interaction: 600,
    Session: 3600,
    Grant: 86400,
  },
  findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
});

const count = (name) => { counts[name] = (counts[name] ?? 0) + 1; };
provider.on('authorization_code.saved', (code) => secrets.add(code.jti));
provider.on('grant.success', ({ oidc, body }) => {
  count(oidc.params.grant_type);
  for (const name of ['access_token', 'refresh_token', 'id_token']) if (body[name]) secrets.add(body[name]);
  if (oidc.params.code_verifier) secrets.add(oidc.params.code_verifier);
  if (body.refresh_token) refreshTokens.push(body.refresh_token);
});
provider.on('grant.error', (_, error) => count(error.error));
provider.on('grant.revoked', () => count('family_revoked'));

const callback = provider.callback();
server.on('request', control({ settings, counts, secrets, refreshTokens }, async (request, response) => {
  if (request.url.startsWith('/auth?')) count('authorize');
  if (request.url === '/token') await new Promise((after) => setTimeout(after, settings.delay));
  // The answer to so many token requests is lost, after they had their effect.
  if (request.url === '/token' && settings.cut > 0 && settings.cut--) response.end = () => request.socket.destroy();
  callback(request, response);
}));
console.log(url);
