// A story of an application that uses Clerk's JavaScript SDK, with the emulator in place of Clerk.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createClerkClient, verifyToken } from '@clerk/backend';
import { verifyMachineAuthToken } from '@clerk/backend/internal';
import { verifyWebhook } from '@clerk/backend/webhooks';

const { CLERK_API_URL: apiUrl, CLERK_SECRET_KEY: secretKey } = process.env;

const clerk = createClerkClient({ apiUrl, secretKey, publishableKey: 'pk_test_Y2xlcmsuZW11bGF0b3IudGVzdCQ=' });

/** Asserts that a call fails with a status and a code. */
async function fails(call, status, code) {
  const error = await call.then(() => assert.fail(`the call succeeds instead of ${code}`), (error) => error);
  assert.deepEqual([error.status, error.errors?.[0]?.code], [status, code], String(error));
  return error;
}

/** Adds an endpoint for webhooks to the emulator, and returns the secret of its signatures. */
async function addWebhookEndpoint(url) {
  const response = await fetch(`${apiUrl}/_emulator/webhook_endpoints`, { method: 'POST', body: JSON.stringify({ url }) });
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()).secret;
}

/** Receives webhooks, and verifies each with the SDK. */
async function receiveWebhooks() {
  const events = [];
  let signingSecret;
  const server = createServer(async (message, response) => {
    const body = Buffer.concat(await message.toArray());
    const { headers } = message;
    try {
      const request = new Request('http://localhost/webhooks', { method: 'POST', headers, body });
      events.push(await verifyWebhook(request, { signingSecret }));
      response.writeHead(204).end();
    } catch (error) {
      events.push({ type: `invalid: ${error}` });
      response.writeHead(400).end();
    }
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  signingSecret = await addWebhookEndpoint(`http://127.0.0.1:${server.address().port}/webhooks`);
  return { events, server };
}

async function users() {
  const ann = await clerk.users.createUser({
    emailAddress: ['ann@example.com'],
    firstName: 'Ann',
    externalId: 'ext_ann',
    password: 'correct horse battery staple',
    publicMetadata: { plan: { name: 'free', seats: 1 } },
  });
  const bob = await clerk.users.createUser({ emailAddress: ['bob@example.com'], skipPasswordRequirement: true });
  assert.equal(ann.primaryEmailAddress.emailAddress, 'ann@example.com');
  assert.equal(ann.passwordEnabled, true);
  assert.equal((await clerk.users.getUser(ann.id)).externalId, 'ext_ann');

  const list = await clerk.users.getUserList({ emailAddress: ['ann@example.com'], limit: 5 });
  assert.deepEqual([list.totalCount, list.data.map((user) => user.id)], [1, [ann.id]]);
  assert.equal(await clerk.users.getCount(), 2);
  assert.deepEqual((await clerk.users.getUserList({ orderBy: '+created_at' })).data.map((user) => user.id), [ann.id, bob.id]);

  assert.equal((await clerk.users.updateUser(ann.id, { lastName: 'Lee' })).fullName, 'Ann Lee');
  await clerk.users.updateUserMetadata(ann.id, { publicMetadata: { plan: { seats: 3 } }, privateMetadata: { note: 'x' } });
  const merged = await clerk.users.updateUserMetadata(ann.id, { privateMetadata: { note: null, tag: 1 } });
  assert.deepEqual(merged.publicMetadata, { plan: { name: 'free', seats: 3 } });
  assert.deepEqual(merged.privateMetadata, { tag: 1 });
  const replaced = await clerk.users.replaceUserMetadata(ann.id, { privateMetadata: { only: true } });
  assert.deepEqual(replaced.privateMetadata, { only: true });

  assert.equal((await clerk.users.verifyPassword({ userId: ann.id, password: 'correct horse battery staple' })).verified, true);
  await fails(clerk.users.verifyPassword({ userId: ann.id, password: 'wrong' }), 422, 'incorrect_password');
  const taken = clerk.users.createUser({ emailAddress: ['ann@example.com'], skipPasswordRequirement: true });
  const error = await fails(taken, 422, 'form_identifier_exists');
  assert.equal(error.errors[0].meta.paramName, 'email_address');
  assert.match(error.clerkTraceId, /^[0-9a-f]{32}$/);
  await fails(clerk.users.getUser('user_unknown'), 404, 'resource_not_found');

  const address = await clerk.emailAddresses.createEmailAddress({ userId: bob.id, emailAddress: 'bob@example.org', verified: true });
  assert.equal((await clerk.emailAddresses.getEmailAddress(address.id)).verification.status, 'verified');
  assert.equal((await clerk.users.banUser(bob.id)).banned, true);
  assert.equal((await clerk.users.unbanUser(bob.id)).banned, false);
  return { ann, bob };
}

async function organizations({ ann, bob }) {
  const organization = await clerk.organizations.createOrganization({ name: 'Acme', slug: 'acme', createdBy: ann.id });
  const organizationId = organization.id;
  assert.equal((await clerk.organizations.getOrganization({ slug: 'acme' })).id, organizationId);
  const updated = await clerk.organizations.updateOrganization(organizationId, { name: 'Acme Ltd' });
  assert.equal(updated.name, 'Acme Ltd');
  await clerk.organizations.updateOrganizationMetadata(organizationId, { publicMetadata: { tier: 'gold' } });

  const membership = await clerk.organizations.createOrganizationMembership({ organizationId, userId: bob.id, role: 'org:member' });
  assert.equal(membership.publicUserData.userId, bob.id);
  await fails(
    clerk.organizations.createOrganizationMembership({ organizationId, userId: bob.id, role: 'org:member' }),
    400,
    'already_a_member_in_organization',
  );
  const members = await clerk.organizations.getOrganizationMembershipList({ organizationId, orderBy: '+created_at' });
  assert.deepEqual(members.data.map((it) => [it.publicUserData.userId, it.role]), [[ann.id, 'org:admin'], [bob.id, 'org:member']]);
  assert.equal(members.totalCount, 2);
  const promoted = await clerk.organizations.updateOrganizationMembership({ organizationId, userId: bob.id, role: 'org:admin' });
  assert.ok(promoted.permissions.includes('org:sys_memberships:manage'));
  await clerk.organizations.updateOrganizationMembershipMetadata({ organizationId, userId: bob.id, publicMetadata: { team: 'b' } });
  const ofBob = await clerk.users.getOrganizationMembershipList({ userId: bob.id });
  assert.deepEqual(ofBob.data.map((it) => [it.organization.name, it.publicMetadata]), [['Acme Ltd', { team: 'b' }]]);
  await clerk.organizations.deleteOrganizationMembership({ organizationId, userId: bob.id });

  const invitation = await clerk.organizations.createOrganizationInvitation({
    organizationId,
    emailAddress: 'cleo@example.com',
    role: 'org:member',
    inviterUserId: ann.id,
  });
  assert.equal(invitation.status, 'pending');
  const pending = await clerk.organizations.getOrganizationInvitationList({ organizationId, status: ['pending'] });
  assert.deepEqual(pending.data.map((it) => it.id), [invitation.id]);
  const revoked = await clerk.organizations.revokeOrganizationInvitation({ organizationId, invitationId: invitation.id });
  assert.equal(revoked.status, 'revoked');
  const bulk = await clerk.organizations.createOrganizationInvitationBulk(organizationId, [
    { emailAddress: 'dan@example.com', role: 'org:member', inviterUserId: ann.id },
    { emailAddress: 'eve@example.com', role: 'org:admin', inviterUserId: ann.id },
  ]);
  assert.equal(bulk.totalCount, 2);
  return organization;
}

async function invitations() {
  const invitation = await clerk.invitations.createInvitation({
    emailAddress: 'fay@example.com',
    redirectUrl: 'https://app.example.com/welcome',
    publicMetadata: { from: 'story' },
  });
  assert.equal(invitation.status, 'pending');
  await fails(clerk.invitations.createInvitation({ emailAddress: 'fay@example.com' }), 400, 'duplicate_record');
  const list = await clerk.invitations.getInvitationList({ status: 'pending' });
  assert.deepEqual([list.totalCount, list.data[0].id], [1, invitation.id]);
  assert.equal((await clerk.invitations.revokeInvitation(invitation.id)).status, 'revoked');
  const bulk = await clerk.invitations.createInvitationBulk([{ emailAddress: 'gus@example.com' }, { emailAddress: 'hal@example.com' }]);
  assert.equal(bulk.length, 2);
}

async function sessions({ ann }, organization) {
  const session = await clerk.sessions.createSession({ userId: ann.id });
  assert.equal(session.status, 'active');
  assert.deepEqual((await clerk.sessions.getSessionList({ userId: ann.id })).data.map((it) => it.id), [session.id]);
  const { jwt } = await clerk.sessions.getToken(session.id);
  const claims = await verifyToken(jwt, { apiUrl, secretKey });
  assert.deepEqual([claims.sub, claims.sid, claims.v], [ann.id, session.id, 2]);
  assert.deepEqual([claims.o.id, claims.o.rol], [organization.id, 'admin']);

  const request = new Request('http://localhost:3000/', { headers: { authorization: `Bearer ${jwt}` } });
  const state = await clerk.authenticateRequest(request);
  assert.equal(state.isAuthenticated, true, state.reason);
  const auth = state.toAuth();
  assert.deepEqual([auth.userId, auth.sessionId, auth.orgId, auth.orgSlug], [ann.id, session.id, organization.id, 'acme']);
  assert.equal(auth.has({ role: 'org:admin' }), true);
  // A page load after a handshake, whose nonce is a session token here.
  const page = new Request(`http://localhost:3000/?__clerk_handshake_nonce=${jwt}`, { headers: { 'sec-fetch-dest': 'document' } });
  const loaded = await clerk.authenticateRequest(page);
  assert.deepEqual([loaded.status, loaded.toAuth()?.userId], ['signed-in', ann.id], loaded.reason);
  assert.match(loaded.headers.get('set-cookie'), /__session=.+__client_uat=/);

  const forged = `${jwt.slice(0, -8)}AAAAAAAA`;
  await assert.rejects(verifyToken(forged, { apiUrl, secretKey }));

  await clerk.jwtTemplates.create({ name: 'story', claims: { mail: '{{user.primary_email_address}}' }, lifetime: 120 });
  const fromTemplate = await clerk.sessions.getToken(session.id, 'story');
  const templateClaims = await verifyToken(fromTemplate.jwt, { apiUrl, secretKey });
  assert.equal(templateClaims.mail, 'ann@example.com');

  assert.equal((await clerk.sessions.revokeSession(session.id)).status, 'revoked');
  await fails(clerk.sessions.getToken(session.id), 401, 'authentication_invalid');
}

async function apiKeys({ ann }) {
  const key = await clerk.apiKeys.create({ name: 'deploy', subject: ann.id, scopes: ['read'], claims: { team: 'a' } });
  assert.match(key.secret, /^ak_/);
  assert.equal((await clerk.apiKeys.verify(key.secret)).id, key.id);
  const verified = await verifyMachineAuthToken(key.secret, { apiUrl, secretKey });
  assert.deepEqual([verified.tokenType, verified.data?.subject], ['api_key', ann.id], String(verified.errors));
  const request = new Request('http://localhost:3000/', { headers: { authorization: `Bearer ${key.secret}` } });
  const state = await clerk.authenticateRequest(request, { acceptsToken: 'api_key' });
  assert.deepEqual([state.isAuthenticated, state.toAuth()?.userId], [true, ann.id], state.reason);
  assert.equal((await clerk.apiKeys.getSecret(key.id)).secret, key.secret);
  assert.equal((await clerk.apiKeys.list({ subject: ann.id })).totalCount, 1);
  assert.equal((await clerk.apiKeys.update({ apiKeyId: key.id, subject: ann.id, description: 'new' })).description, 'new');
  assert.equal((await clerk.apiKeys.revoke({ apiKeyId: key.id, revocationReason: 'rotated' })).revoked, true);
  await fails(clerk.apiKeys.verify(key.secret), 404, 'resource_not_found');
  assert.equal((await clerk.apiKeys.delete(key.id)).deleted, true);
}

async function m2mTokens() {
  const receiver = await clerk.machines.create({ name: 'receiver' });
  const sender = await clerk.machines.create({ name: 'sender', scopedMachines: [receiver.id] });
  const { secret: machineSecretKey } = await clerk.machines.getSecretKey(sender.id);
  const { secret: receiverKey } = await clerk.machines.getSecretKey(receiver.id);
  const token = await clerk.m2m.createToken({ machineSecretKey, claims: { job: 7 }, secondsUntilExpiration: 600 });
  assert.match(token.token, /^mt_/);
  const verified = await clerk.m2m.verify({ token: token.token, machineSecretKey: receiverKey });
  assert.deepEqual([verified.subject, verified.claims], [sender.id, { job: 7 }]);
  const any = await verifyMachineAuthToken(token.token, { apiUrl, secretKey });
  assert.deepEqual([any.tokenType, any.data?.id], ['m2m_token', token.id], String(any.errors));
  const jwt = await clerk.m2m.createToken({ machineSecretKey, tokenFormat: 'jwt' });
  const local = await clerk.m2m.verify({ token: jwt.token });
  assert.equal(local.subject, sender.id);
  assert.equal((await clerk.m2m.list({ subject: sender.id, machineSecretKey })).data.length >= 1, true);
  assert.equal((await clerk.m2m.revokeToken({ m2mTokenId: token.id, revocationReason: 'done' })).revoked, true);
  await fails(clerk.m2m.verify({ token: token.token }), 404, 'resource_not_found');
}

async function deletions({ ann, bob }, organization) {
  await clerk.organizations.deleteOrganization(organization.id);
  await clerk.users.deleteUser(ann.id);
  await clerk.users.deleteUser(bob.id);
  assert.equal(await clerk.users.getCount(), 0);
}

/** Waits until the last change has arrived. */
async function webhooks({ events, server }, { bob }) {
  const isLast = (event) => event.type === 'user.deleted' && event.data.id === bob.id;
  for (let tries = 0; tries < 300 && !events.some(isLast); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  server.close();
  const kinds = new Set(events.map((event) => event.type));
  for (const kind of [
    'user.created', 'user.updated', 'user.deleted',
    'organization.created', 'organization.updated', 'organization.deleted',
    'organizationMembership.created', 'organizationMembership.updated', 'organizationMembership.deleted',
    'organizationInvitation.created', 'organizationInvitation.revoked',
    'session.created', 'session.revoked',
  ]) {
    assert.ok(kinds.has(kind), `${kind} is missing in ${[...kinds].join(', ')}`);
  }
  assert.deepEqual([...kinds].filter((kind) => kind.startsWith('invalid')), []);
  return events.length;
}

const received = await receiveWebhooks();
const people = await users();
const organization = await organizations(people);
await invitations();
await sessions(people, organization);
await apiKeys(people);
await m2mTokens();
await deletions(people, organization);
const count = await webhooks(received, people);
console.log(`${count} webhooks verified`);
