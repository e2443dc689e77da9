//! Gates for a path in Rocket: every spelling of a path that leads to a protected file or handler is covered.

use clerk_sdk::middleware::rocket::AuthFairing;
use rocket::fs::{FileServer, Options};
use rocket::{get, routes};

use super::raw_request::send_raw;
use super::rocket::{required_gate, serve};

#[get("/<path..>")]
fn anything(path: std::path::PathBuf) -> String {
    format!("reached {}", path.display())
}

#[rocket::post("/<_..>", data = "<body>")]
fn anything_posted(body: String) -> String {
    format!("reached {body}")
}

#[tokio::test]
async fn denied_requests_do_not_reach_handlers_without_guards() {
    let rocket = rocket::build()
        .attach(AuthFairing::new(required_gate()).at("/admin/"))
        .mount("/", routes![anything, anything_posted]);
    let app = serve(rocket).await;
    for path in [
        "/admin",
        "/admin/",
        "/admin/users",
        "//admin",
        "/admin//users",
        "///admin///",
        "/%61dmin",
        "/admin?x=1",
        "/%61%64min/users",
    ] {
        for method in ["GET", "POST", "HEAD"] {
            let (status, body) = send_raw(&app, method, path).await;
            assert_eq!(status, 401, "{method} {path}: {body}");
            assert!(!body.contains("reached"), "{method} {path}");
        }
    }
    for path in ["/", "/administrators", "/other/admin", "/Admin"] {
        assert_eq!(send_raw(&app, "GET", path).await.0, 200, "{path}");
    }
    // A client that requests the path of denied requests reaches the application.
    let (_, body) = send_raw(&app, "GET", "/__clerk_denied").await;
    assert_eq!(body, "reached __clerk_denied");
}

/// Paths that lead to `admin/secret` in a served folder, or that file systems may take for it.
const SPELLINGS: [&str; 28] = [
    "/admin/secret",
    "//admin//secret",
    "/./admin/secret",
    "/%61dmin/secret",
    "/x/../admin/secret",
    "/../admin/secret",
    "/x/%2e%2e/admin/secret",
    "/x/%2E./admin/secret",
    "/x//../admin/secret",
    "/x/y/../../admin/secret",
    "/x/./../admin/secret",
    "/x/%2e/%2e%2e/%61dmin/secret",
    "/admin/../admin/secret",
    "/admin/x/../secret",
    "/admin%2fsecret",
    "/x%2f..%2fadmin/secret",
    "/x/..%2fadmin/secret",
    "/x/..%5cadmin/secret",
    "/x\\..\\admin/secret",
    "/admin%5csecret",
    "/admin./secret",
    "/admin../secret",
    "/admin%20/secret",
    "/x/.../admin/secret",
    "/x/..%20/admin/secret",
    "/admin%00/secret",
    "http://a/x/../admin/secret",
    "http://a//admin/secret",
];

/// Returns a folder with a public and a protected file.
fn served_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, content) in [
        ("public", "reached public"),
        ("admin/secret", "reached secret"),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, content).expect("a written file");
    }
    std::fs::create_dir(folder.path().join("x")).expect("a folder");
    folder
}

#[tokio::test]
async fn no_spelling_of_a_path_reaches_a_protected_file() {
    let folder = served_folder();
    for options in [Options::Index, Options::Index | Options::DotFiles] {
        let rocket = rocket::build()
            .attach(AuthFairing::new(required_gate()).at("/admin"))
            .mount("/", FileServer::new(folder.path(), options))
            .mount("/", routes![anything]);
        let app = serve(rocket).await;
        for path in SPELLINGS {
            let (status, body) = send_raw(&app, "GET", path).await;
            assert_eq!(status, 401, "{path}: {body}");
            assert!(!body.contains("reached"), "{path}: {body}");
        }
        // The same paths below a file that is not protected.
        for path in [
            "/public",
            "/x/../public",
            "/admin2/../public",
            "/%2561dmin",
            "/x/%252e%252e/admin",
        ] {
            let (status, body) = send_raw(&app, "GET", path).await;
            assert_eq!(status, 200, "{path}: {body}");
        }
    }
}

#[tokio::test]
async fn no_combination_of_spellings_reaches_a_protected_file() {
    let folder = served_folder();
    let rocket = rocket::build()
        .attach(AuthFairing::new(required_gate()).at("/admin"))
        .mount("/", FileServer::new(folder.path(), Options::DotFiles))
        .mount("/", routes![anything]);
    let app = serve(rocket).await;
    let starts = [
        "",
        "http://a",
        "/",
        "/.",
        "/..",
        "/%2e",
        "/x/..",
        "/x/%2e%2E",
        "/x/y/.././%2e.",
        "//x//..",
    ];
    let folders = [
        "admin",
        "%61dmin",
        "adm%69n",
        "x/../admin",
        "admin.",
        "admin%20",
    ];
    let separators = [
        "/",
        "//",
        "/./",
        "%2f",
        "%5c",
        "/y/../",
        "/../admin/",
        "/%2e%2e/admin/",
    ];
    for start in starts {
        for folder in folders {
            for separator in separators {
                let path = format!("{start}/{folder}{separator}secret");
                let (status, body) = send_raw(&app, "GET", &path).await;
                assert_eq!(status, 401, "{path}: {body}");
            }
        }
    }
}

#[tokio::test]
async fn paths_are_resolved_from_each_mount_point() {
    let folder = served_folder();
    let rocket = rocket::build()
        .attach(AuthFairing::new(required_gate()).at("/files/./x/../%61dmin/"))
        .mount("/files", FileServer::from(folder.path()));
    let app = serve(rocket).await;
    for path in SPELLINGS {
        let path = match path.strip_prefix("http://a") {
            Some(path) => format!("http://a/files{path}"),
            None => format!("/files{path}"),
        };
        let (status, body) = send_raw(&app, "GET", &path).await;
        assert_eq!(status, 401, "{path}: {body}");
    }
    let (status, body) = send_raw(&app, "GET", "/files/x/../public").await;
    assert_eq!((status, &*body), (200, "reached public"));
}

/// A pattern would cover none of the paths that its author meant.
#[test]
fn patterns_are_no_prefix() {
    for pattern in [
        "/admin/<path..>",
        "/<tenant>/admin",
        "/admin/*",
        "/admin/{rest}",
        "/admin?page",
        "/admin#top",
    ] {
        let fairing = std::panic::catch_unwind(|| AuthFairing::new(required_gate()).at(pattern));
        assert!(fairing.is_err(), "{pattern}");
    }
}

#[tokio::test]
async fn long_paths_of_dot_segments_are_compared_in_linear_time() {
    let rocket = rocket::build()
        .attach(AuthFairing::new(required_gate()).at("/a/b/c"))
        .mount("/", routes![anything]);
    let app = serve(rocket).await;
    let path = format!("/a/b{}", "/x/..".repeat(5000));
    assert_eq!(send_raw(&app, "GET", &path).await.0, 200);
    assert_eq!(send_raw(&app, "GET", &format!("{path}/c")).await.0, 401);
}
