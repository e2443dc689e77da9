"""A story of an application that uses Clerk's Python SDK, with the emulator in place of Clerk."""

import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
from clerk_backend_api import Clerk, models
from clerk_backend_api.security import authenticate_request
from clerk_backend_api.security.types import AuthenticateRequestOptions, VerifyTokenOptions
from clerk_backend_api.security.verifytoken import TokenVerificationError, verify_token
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm
from standardwebhooks import Webhook

API_URL = os.environ["CLERK_API_URL"]
SECRET_KEY = os.environ["CLERK_SECRET_KEY"]


def client(key=SECRET_KEY):
    return Clerk(bearer_auth=key, server_url=f"{API_URL}/v1")


clerk = client()


def fails(call, status, code):
    """Asserts that a call fails with a status and a code."""
    try:
        call()
    except models.ClerkBaseError as error:
        actual = (error.status_code, json.loads(error.body)["errors"][0]["code"])
        assert actual == (status, code), f"{actual} instead of {(status, code)}"
        return error
    raise AssertionError(f"the call succeeds instead of {code}")


def equal(actual, expected):
    assert actual == expected, f"{actual!r} instead of {expected!r}"


def receive_webhooks():
    """Receives webhooks, and verifies each. The SDK cannot; Clerk's guides use a library of the same scheme."""
    events = []
    webhook = None

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            # The scheme is that of Svix, which has other names for the headers.
            headers = {f"webhook-{it}": self.headers[f"svix-{it}"] for it in ("id", "timestamp", "signature")}
            try:
                events.append(webhook.verify(body, headers))
                status = 204
            except Exception as error:  # any failure must fail the story, not this thread
                events.append({"type": f"invalid: {error}"})
                status = 400
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    endpoint = {"url": f"http://127.0.0.1:{server.server_port}/webhooks"}
    response = httpx.post(f"{API_URL}/_emulator/webhook_endpoints", json=endpoint)
    webhook = Webhook(response.raise_for_status().json()["secret"])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return events


def users():
    ann = clerk.users.create(
        email_address=["ann@example.com"],
        first_name="Ann",
        external_id="ext_ann",
        password="correct horse battery staple",
        public_metadata={"plan": {"name": "free", "seats": 1}},
    )
    bob = clerk.users.create(email_address=["bob@example.com"], skip_password_requirement=True)
    equal(ann.email_addresses[0].email_address, "ann@example.com")
    equal(clerk.users.get(user_id=ann.id).external_id, "ext_ann")
    found = clerk.users.list(request=models.GetUserListRequest(email_address=["ann@example.com"]))
    equal([user.id for user in found], [ann.id])
    equal(clerk.users.count().total_count, 2)

    equal(clerk.users.update(user_id=ann.id, last_name="Lee").last_name, "Lee")
    merged = clerk.users.update_metadata(user_id=ann.id, public_metadata={"plan": {"seats": 3}})
    equal(merged.public_metadata, {"plan": {"name": "free", "seats": 3}})
    replaced = clerk.users.replace_metadata(user_id=ann.id, public_metadata={"only": True})
    equal(replaced.public_metadata, {"only": True})

    equal(clerk.users.verify_password(user_id=ann.id, password="correct horse battery staple").verified, True)
    fails(lambda: clerk.users.verify_password(user_id=ann.id, password="wrong"), 422, "incorrect_password")
    taken = lambda: clerk.users.create(email_address=["ann@example.com"], skip_password_requirement=True)
    error = fails(taken, 422, "form_identifier_exists")
    equal(json.loads(error.body)["errors"][0]["meta"]["param_name"], "email_address")
    fails(lambda: clerk.users.get(user_id="user_unknown"), 404, "resource_not_found")

    address = clerk.email_addresses.create(
        request=models.CreateEmailAddressRequestBody(user_id=bob.id, email_address="bob@example.org", verified=True)
    )
    equal(clerk.email_addresses.get(email_address_id=address.id).email_address, "bob@example.org")
    equal(clerk.users.ban(user_id=bob.id).banned, True)
    equal(clerk.users.unban(user_id=bob.id).banned, False)
    return ann, bob


def organizations(ann, bob):
    body = models.CreateOrganizationRequestBody(name="Acme", slug="acme", created_by=ann.id)
    organization = clerk.organizations.create(request=body)
    ids = {"organization_id": organization.id}
    equal(clerk.organizations.get(organization_id="acme").id, organization.id)
    equal(clerk.organizations.update(**ids, name="Acme Ltd").name, "Acme Ltd")
    clerk.organizations.merge_metadata(**ids, public_metadata={"tier": "gold"})

    memberships = clerk.organization_memberships
    memberships.create(**ids, user_id=bob.id, role="org:member")
    twice = lambda: memberships.create(**ids, user_id=bob.id, role="org:member")
    fails(twice, 400, "already_a_member_in_organization")
    members = memberships.list(**ids, order_by="+created_at")
    roles = [(it.public_user_data.user_id, it.role) for it in members.data]
    equal(roles, [(ann.id, "org:admin"), (bob.id, "org:member")])
    equal(memberships.update(**ids, user_id=bob.id, role="org:admin").role, "org:admin")
    memberships.update_metadata(**ids, user_id=bob.id, public_metadata={"team": "b"})
    of_bob = clerk.users.get_organization_memberships(user_id=bob.id)
    equal([it.organization.name for it in of_bob.data], ["Acme Ltd"])
    memberships.delete(**ids, user_id=bob.id)

    invitations = clerk.organization_invitations
    invitation = invitations.create(
        **ids, email_address="cleo@example.com", role="org:member", inviter_user_id=ann.id
    )
    pending = invitations.list(**ids, status=models.ListOrganizationInvitationsQueryParamStatus.PENDING)
    equal([it.id for it in pending.data], [invitation.id])
    equal(invitations.get(**ids, invitation_id=invitation.id).status, "pending")
    equal(invitations.revoke(**ids, invitation_id=invitation.id, requesting_user_id=ann.id).status, "revoked")
    return organization


def invitations():
    body = models.CreateInvitationRequestBody(
        email_address="fay@example.com",
        redirect_url="https://app.example.com/welcome",
        public_metadata={"from": "story"},
    )
    invitation = clerk.invitations.create(request=body)
    again = models.CreateInvitationRequestBody(email_address="fay@example.com")
    fails(lambda: clerk.invitations.create(request=again), 400, "duplicate_record")
    equal([it.id for it in clerk.invitations.list()], [invitation.id])
    equal(clerk.invitations.revoke(invitation_id=invitation.id).status, "revoked")


def sessions(ann, organization):
    session = clerk.sessions.create(request=models.CreateSessionRequestBody(user_id=ann.id))
    listed = clerk.sessions.list(user_id=ann.id)
    equal([it.id for it in listed], [session.id])
    jwt = clerk.sessions.create_token(session_id=session.id).jwt
    options = VerifyTokenOptions(secret_key=SECRET_KEY, api_url=API_URL)
    claims = verify_token(jwt, options)
    equal((claims["sub"], claims["sid"], claims["v"]), (ann.id, session.id, 2))
    equal((claims["o"]["id"], claims["o"]["rol"]), (organization.id, "admin"))
    try:
        verify_token(jwt[:-8] + "AAAAAAAA", options)
        raise AssertionError("a forged token is accepted")
    except TokenVerificationError:
        pass

    # Without a key in PEM, `authenticate_request` always asks api.clerk.com for it.
    key = RSAAlgorithm.from_jwk(clerk.jwks.get_jwks().keys[0].model_dump_json(by_alias=True))
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    request = httpx.Request("GET", "http://localhost:3000/", headers={"Authorization": f"Bearer {jwt}"})
    state = authenticate_request(request, AuthenticateRequestOptions(jwt_key=pem))
    assert state.is_signed_in, state.reason
    equal((state.payload["org_id"], state.payload["org_slug"]), (organization.id, "acme"))

    # The SDK does not send the claims of a template.
    template = models.CreateJWTTemplateRequestBody(name="story", claims={}, lifetime=120)
    clerk.jwt_templates.create(request=template)
    jwt = clerk.sessions.create_token_from_template(session_id=session.id, template_name="story").jwt
    claims = verify_token(jwt, options)
    equal((claims["sub"], claims["exp"] - claims["iat"]), (ann.id, 120))
    equal(clerk.sessions.revoke(session_id=session.id).status, "revoked")
    fails(lambda: clerk.sessions.create_token(session_id=session.id), 401, "authentication_invalid")


def api_keys(ann):
    key = clerk.api_keys.create_api_key(name="deploy", subject=ann.id, scopes=["read"], claims={"team": "a"})
    equal(clerk.api_keys.verify_api_key(secret=key.secret).id, key.id)
    verified = verify_token(key.secret, VerifyTokenOptions(secret_key=SECRET_KEY, api_url=API_URL))
    equal(verified["subject"], ann.id)
    equal(clerk.api_keys.get_api_key_secret(api_key_id=key.id).secret, key.secret)
    equal(clerk.api_keys.get_api_keys(subject=ann.id).total_count, 1)
    clerk.api_keys.update_api_key(api_key_id=key.id, subject=ann.id, description="new")
    equal(clerk.api_keys.revoke_api_key(api_key_id=key.id, revocation_reason="rotated").revoked, True)
    fails(lambda: clerk.api_keys.verify_api_key(secret=key.secret), 404, "resource_not_found")
    clerk.api_keys.delete_api_key(api_key_id=key.id)


def m2m_tokens():
    receiver = clerk.machines.create(request=models.CreateMachineRequestBody(name="receiver"))
    body = models.CreateMachineRequestBody(name="sender", scoped_machines=[receiver.id])
    sender = clerk.machines.create(request=body)
    sending = client(clerk.machines.get_secret_key(machine_id=sender.id).secret)
    receiving = client(clerk.machines.get_secret_key(machine_id=receiver.id).secret)
    token = sending.m2m.create_token(claims={"job": 7}, seconds_until_expiration=600)
    verified = receiving.m2m.verify_token(token=token.token)
    equal((verified.subject, verified.claims), (sender.id, {"job": 7}))
    equal(clerk.m2m.list_tokens(subject=sender.id).total_count, 1)
    equal(clerk.m2m.revoke_token(m2m_token_id=token.id, revocation_reason="done").revoked, True)
    fails(lambda: clerk.m2m.verify_token(token=token.token), 404, "resource_not_found")


def deletions(ann, bob, organization):
    clerk.organizations.delete(organization_id=organization.id)
    clerk.users.delete(user_id=ann.id)
    clerk.users.delete(user_id=bob.id)
    equal(clerk.users.count().total_count, 0)


def webhooks(events, bob):
    """Waits until the last change has arrived."""
    is_last = lambda event: event["type"] == "user.deleted" and event["data"]["id"] == bob.id
    for _ in range(300):
        if any(is_last(event) for event in events):
            break
        time.sleep(0.05)
    kinds = {event["type"] for event in events}
    missing = {
        "user.created", "user.updated", "user.deleted",
        "organization.created", "organization.updated", "organization.deleted",
        "organizationMembership.created", "organizationMembership.updated", "organizationMembership.deleted",
        "organizationInvitation.created", "organizationInvitation.revoked",
        "session.created", "session.revoked",
    } - kinds
    assert not missing, f"{missing} are missing in {kinds}"
    equal([kind for kind in kinds if kind.startswith("invalid")], [])
    return len(events)


received = receive_webhooks()
ann, bob = users()
organization = organizations(ann, bob)
invitations()
sessions(ann, organization)
api_keys(ann)
m2m_tokens()
deletions(ann, bob, organization)
print(f"{webhooks(received, bob)} webhooks verified")
