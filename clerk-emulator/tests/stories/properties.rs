//! What holds after any sequence of calls: references lead to something, lists have what was created, and totals agree.

use std::collections::BTreeSet;

use proptest::prelude::*;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Story, id, ids};

/// A call. Numbers choose among what exists.
#[derive(Clone, Debug)]
enum Step {
    CreateUser,
    DeleteUser(usize),
    CreateOrganization(usize),
    DeleteOrganization(usize),
    Join(usize, usize),
    Leave(usize, usize),
    Invite(usize),
    SignIn(usize),
    Ban(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let any = || 0..4_usize;
    prop_oneof![
        3 => Just(Step::CreateUser),
        1 => any().prop_map(Step::DeleteUser),
        2 => any().prop_map(Step::CreateOrganization),
        1 => any().prop_map(Step::DeleteOrganization),
        4 => (any(), any()).prop_map(|(one, other)| Step::Join(one, other)),
        1 => (any(), any()).prop_map(|(one, other)| Step::Leave(one, other)),
        1 => any().prop_map(Step::Invite),
        2 => any().prop_map(Step::SignIn),
        1 => any().prop_map(Step::Ban),
    ]
}

/// What exists, as far as the calls tell.
#[derive(Default)]
struct Known {
    users: Vec<String>,
    organizations: Vec<String>,
    created: usize,
}

impl Known {
    fn user(&self, number: usize) -> Option<&String> {
        self.users.get(number % self.users.len().max(1))
    }

    fn organization(&self, number: usize) -> Option<&String> {
        let count = self.organizations.len().max(1);
        self.organizations.get(number % count)
    }

    /// Returns the call of a step; nothing if it needs what does not exist.
    fn call(&mut self, step: &Step) -> Option<(&'static str, String, Value)> {
        self.created += 1;
        let name = format!("name{}", self.created);
        Some(match *step {
            Step::CreateUser => ("POST", "/users".to_owned(), json!({ "username": name })),
            Step::DeleteUser(user) => (
                "DELETE",
                format!("/users/{}", self.user(user)?),
                Value::Null,
            ),
            Step::CreateOrganization(user) => {
                let body = json!({ "name": name, "created_by": self.user(user)? });
                ("POST", "/organizations".to_owned(), body)
            }
            Step::DeleteOrganization(organization) => {
                let path = format!("/organizations/{}", self.organization(organization)?);
                ("DELETE", path, Value::Null)
            }
            Step::Join(user, organization) => {
                let organization = self.organization(organization)?;
                let body = json!({ "user_id": self.user(user)?, "role": "org:member" });
                (
                    "POST",
                    format!("/organizations/{organization}/memberships"),
                    body,
                )
            }
            Step::Leave(user, organization) => {
                let organization = self.organization(organization)?;
                let user = self.user(user)?;
                let path = format!("/organizations/{organization}/memberships/{user}");
                ("DELETE", path, Value::Null)
            }
            Step::Invite(organization) => {
                let organization = self.organization(organization)?;
                let address = format!("{name}@example.com");
                let body = json!({ "email_address": address, "role": "org:member" });
                (
                    "POST",
                    format!("/organizations/{organization}/invitations"),
                    body,
                )
            }
            Step::SignIn(user) => (
                "POST",
                "/sessions".to_owned(),
                json!({ "user_id": self.user(user)? }),
            ),
            Step::Ban(user) => (
                "POST",
                format!("/users/{}/ban", self.user(user)?),
                Value::Null,
            ),
        })
    }

    fn note(&mut self, step: &Step, answer: &Value) {
        match step {
            Step::CreateUser => self.users.push(id(answer)),
            Step::DeleteUser(_) => self.users.retain(|it| *it != id(answer)),
            Step::CreateOrganization(_) => self.organizations.push(id(answer)),
            Step::DeleteOrganization(_) => self.organizations.retain(|it| *it != id(answer)),
            _ => {}
        }
    }
}

async fn run(steps: &[Step]) {
    let story = Story::begin().await;
    let mut known = Known::default();
    for step in steps {
        let Some((method, path, body)) = known.call(step) else {
            continue;
        };
        let body = Some(body).filter(|it| !it.is_null());
        let answer = story.send(method, &path, body.as_ref()).await;
        assert_ne!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{step:?}");
        if answer.status.is_success() {
            known.note(step, &answer.json);
        }
    }
    check(&story, &known).await;
    let snapshot = story.emulator.snapshot();
    story
        .emulator
        .load_snapshot(&snapshot)
        .expect("it is valid");
    assert_eq!(story.emulator.snapshot(), snapshot);
    check(&story, &known).await;
}

async fn check(story: &Story, known: &Known) {
    let users: BTreeSet<String> = ids(&story.get("/users?limit=500").await)
        .into_iter()
        .collect();
    assert_eq!(users, known.users.iter().cloned().collect());
    let count = story.get("/users/count").await;
    assert_eq!(count["total_count"], users.len());
    let organizations = story
        .get("/organizations?limit=500&include_members_count=true")
        .await;
    assert_eq!(organizations["total_count"], known.organizations.len());
    let listed: BTreeSet<String> = ids(&organizations).into_iter().collect();
    assert_eq!(listed, known.organizations.iter().cloned().collect());
    let mut memberships = 0;
    for organization in organizations["data"].as_array().into_iter().flatten() {
        let path = format!("/organizations/{}/memberships?limit=500", id(organization));
        let members = story.get(&path).await;
        let items = members["data"].as_array().expect("a list");
        assert_eq!(members["total_count"], items.len());
        assert_eq!(organization["members_count"], items.len());
        for member in items {
            let user = &member["public_user_data"]["user_id"];
            assert!(
                user.as_str().is_some_and(|it| users.contains(it)),
                "{member:#}"
            );
        }
        memberships += items.len();
    }
    let mut of_users = 0;
    for user in &users {
        let path = format!("/users/{user}/organization_memberships?limit=500");
        let list = story.get(&path).await;
        for organization in list["data"].as_array().into_iter().flatten() {
            assert!(
                listed.contains(&id(&organization["organization"])),
                "{list:#}"
            );
            of_users += 1;
        }
        let sessions = story.get(&format!("/sessions?user_id={user}")).await;
        for session in sessions.as_array().into_iter().flatten() {
            let active = session["last_active_organization_id"].as_str();
            assert!(active.is_none_or(|it| listed.contains(it)), "{session:#}");
        }
    }
    assert_eq!(of_users, memberships);
    let snapshot = story.emulator.snapshot();
    let invitations = &snapshot["collections"]["organization_invitation"]["records"];
    for invitation in invitations.as_array().into_iter().flatten() {
        let organization = invitation["members"]["organization_id"].as_str();
        assert!(
            organization.is_some_and(|it| listed.contains(it)),
            "{invitation:#}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn references_lists_and_totals_agree(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(run(&steps));
    }
}
