// The certified oidc-provider on a free port of 127.0.0.1; its first line on stdout is its URL.
//
// People's clients are native ones, which may call back at any port of this machine (RFC 8252 7.3); machines have
// clients without a callback. What the tests change and ask is under /control, and is no part of the provider: the
// lifetime of access tokens, rotation, a token endpoint that is slow or whose answers get lost, metadata that lie, what
// was granted and refused. /documents/whoami.json is a document that only an access token of the provider opens.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { Provider, errors } from 'oidc-provider';
import { importJWK, jwtVerify } from 'jose';
import { control, listen } from './control.mjs';

const CLIENT_SECRET = 's3cr3t:with%odd/chars+';
const PASSWORD = 'correct horse battery staple';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const settings = {
  lifetime: +(process.env.LIFETIME || 3600),
  rotate: process.env.ROTATE !== '0',
  delay: 0,
  cut: 0,
  issuer: null,
};
const counts = {};
const secrets = new Set([CLIENT_SECRET, PASSWORD]);
const refreshTokens = [];

// The keys of machines: made anew at each start, handed to the tests, and as secret as any other.
const keys = {};
const jwks = {};
for (const [name, type, options] of [['rsa', 'rsa', { modulusLength: 2048 }], ['ec', 'ec', { namedCurve: 'P-256' }]]) {
  const { privateKey, publicKey } = generateKeyPairSync(type, options);
  keys[name] = privateKey.export({ type: 'pkcs8', format: 'pem' });
  jwks[name] = { ...publicKey.export({ format: 'jwk' }), kid: name, use: 'sig' };
  for (const line of keys[name].split('\n')) if (line && !line.startsWith('-')) secrets.add(line);
}

const server = createServer();
const url = await listen(server);
const client = (id, method, more) => ({
  client_id: id,
  token_endpoint_auth_method: method,
  application_type: 'native',
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token', DEVICE],
  redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback', 'http://[::1]/callback'],
  ...more,
});
const machine = (id, method, more) => client(id, method, {
  application_type: 'web',
  response_types: [],
  redirect_uris: [],
  grant_types: ['client_credentials', 'password', JWT_BEARER],
  scope: 'read',
  ...more,
});
const provider = new Provider(url, {
  clients: [
    client('pub-native', 'none'),
    client('conf-post', 'client_secret_post', { client_secret: CLIENT_SECRET }),
    client('conf-basic', 'client_secret_basic', { client_secret: CLIENT_SECRET }),
    machine('machine', 'client_secret_basic', { client_secret: CLIENT_SECRET }),
    machine('robot-rsa', 'private_key_jwt', { jwks: { keys: [jwks.rsa] } }),
    machine('robot-ec', 'private_key_jwt', { jwks: { keys: [jwks.ec] }, token_endpoint_auth_signing_alg: 'ES256' }),
    machine('robot', 'none'),
  ],
  scopes: ['openid', 'offline_access', 'read'],
  pkce: { required: () => true },
  rotateRefreshToken: () => settings.rotate,
  issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    deviceFlow: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: async (_, resource) => {
        if (!resource.startsWith('https://documents.test/')) throw new errors.InvalidTarget();
        return { scope: 'read', audience: resource, accessTokenFormat: 'opaque' };
      },
      useGrantedResource: async () => true,
    },
    revocation: { enabled: true },
  },
  ttl: {
    AccessToken: () => settings.lifetime,
    AuthorizationCode: 60,
    ClientCredentials: () => settings.lifetime,
    DeviceCode: 600,
    RefreshToken: 86400,
    Interaction: 600,
    Session: 3600,
    Grant: 86400,
  },
  findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
});

// Two grants that the provider leaves to its users; it issues their tokens, and jose checks the assertion.
const people = new Map();
const grant = async (ctx, scope, person) => {
  const token = new provider.ClientCredentials({ client: ctx.oidc.client, scope });
  const value = await token.save();
  people.set(value, person);
  ctx.body = { access_token: value, expires_in: token.expiration, token_type: 'Bearer', scope };
};
provider.registerGrantType('password', async (ctx) => {
  const { username, password, scope } = ctx.oidc.params;
  if (username !== 'alice' || password !== PASSWORD) throw new errors.InvalidGrant('wrong user or password');
  await grant(ctx, scope, username);
}, ['username', 'password', 'scope']);
provider.registerGrantType(JWT_BEARER, async (ctx) => {
  const { assertion, scope } = ctx.oidc.params;
  secrets.add(assertion);
  try {
    const key = (header) => importJWK(jwks[header.alg === 'ES256' ? 'ec' : 'rsa'], header.alg);
    const { payload } = await jwtVerify(assertion, key, {
      issuer: 'robot', audience: `${url}/token`, maxTokenAge: 360, requiredClaims: ['sub', 'exp', 'iat', 'jti'],
    });
    await grant(ctx, scope, payload.sub);
  } catch (error) {
    throw new errors.InvalidGrant(error.message);
  }
}, ['assertion', 'scope']);

const count = (name) => { counts[name] = (counts[name] ?? 0) + 1; };
provider.on('authorization_code.saved', (code) => secrets.add(code.jti));
provider.on('device_code.saved', (code) => secrets.add(code.jti));
provider.on('grant.success', ({ oidc, body }) => {
  count(oidc.params.grant_type);
  for (const name of ['access_token', 'refresh_token', 'id_token']) if (body[name]) secrets.add(body[name]);
  for (const name of ['code_verifier', 'client_assertion']) if (oidc.params[name]) secrets.add(oidc.params[name]);
  if (body.refresh_token) refreshTokens.push(body.refresh_token);
});
provider.on('grant.error', (_, error) => count(error.error));
provider.on('grant.revoked', () => count('family_revoked'));

const answer = (response, status, body) => {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
};
const whoami = async (request, response) => {
  const value = /^Bearer (.+)$/.exec(request.headers.authorization)?.[1];
  const token = value && (await provider.AccessToken.find(value) ?? await provider.ClientCredentials.find(value));
  if (!token) return answer(response, 401, { error: 'invalid_token' });
  const who = token.accountId ?? people.get(value) ?? null;
  return answer(response, 200, { client: token.clientId, who, scope: token.scope ?? null, audience: token.aud ?? null });
};

const callback = provider.callback();
server.on('request', control({ settings, counts, secrets, refreshTokens, keys }, async (request, response) => {
  const path = request.url.split('?')[0];
  if (path === '/auth' || path === '/device/auth') count(path === '/auth' ? 'authorize' : 'device');
  if (path.includes('/.well-known/')) count('metadata');
  if (path === '/documents/whoami.json') return whoami(request, response);
  if (settings.issuer && path.includes('/.well-known/')) return answer(response, 200, { issuer: settings.issuer });
  if (path === '/token') await new Promise((after) => setTimeout(after, settings.delay));
  // The answer to so many token requests is lost, after they had their effect.
  if (path === '/token' && settings.cut > 0 && settings.cut--) response.end = () => request.socket.destroy();
  return callback(request, response);
}));
console.log(url);
