//! Who reads what is not public: signatures on requests (RFC 9421).

use core::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use motd_server::publish::key::Signer as _;
use motd_server::serve::api::message_signature::{Target, sign};
use reqwest::{Method, Response};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::world::{World, alice, bob, refusal, settings, stranger};

/// A request with these two fields, as they stand.
async fn ask(world: &World, path: &str, fields: &[(&str, &str)]) -> Response {
    let mut request = world.client.get(world.url(path));
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

fn fields(world: &World, method: &str, path: &str) -> [String; 2] {
    let authority = world.address.to_string();
    let (path, query) = path
        .split_once('?')
        .map_or((path, None), |(path, query)| (path, Some(query)));
    let path = format!("/api/v1{path}");
    let target = Target {
        method,
        authority: &authority,
        path: &path,
        query,
    };
    sign(target, &alice(), world.now()).unwrap()
}

#[tokio::test]
async fn without_a_signature_nothing_is_read() {
    let world = World::new().await;
    let id = world.opened(&world.request("After", &[&alice()])).await;
    for path in [
        "/proposals".to_owned(),
        format!("/proposals/{id}"),
        "/log".to_owned(),
    ] {
        let answer = ask(&world, &path, &[]).await;
        let asked = answer.headers()["accept-signature"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(asked.contains("@authority"), "{asked}");
        assert_eq!(
            refusal(answer).await,
            (401, "request-unsigned".to_owned()),
            "{path}"
        );
        let answer = world.ask(Method::GET, &path, &stranger()).await;
        assert_eq!(
            refusal(answer).await,
            (401, "request-signature-key".to_owned()),
            "{path}"
        );
        let answer = world.ask(Method::GET, &path, &bob()).await;
        assert_eq!(answer.status(), 200, "{path}");
        // And nobody on the way keeps it.
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
    // Whether there is such a proposal is nobody's business.
    let other = format!("/proposals/{}-{}", &id[..8], "0".repeat(32));
    let answer = world.ask(Method::GET, &other, &stranger()).await;
    assert_eq!(
        refusal(answer).await,
        (401, "request-signature-key".to_owned())
    );
    let answer = world.ask(Method::GET, &other, &bob()).await;
    assert_eq!(refusal(answer).await, (404, "proposal-unknown".to_owned()));
}

#[tokio::test]
async fn a_signature_is_for_one_request_and_five_minutes() {
    let world = World::new().await;
    let [input, signature] = fields(&world, "GET", "/proposals");
    let both = [
        ("signature-input", input.as_str()),
        ("signature", signature.as_str()),
    ];
    assert_eq!(ask(&world, "/proposals", &both).await.status(), 200);
    for (path, what) in [("/log", "path"), ("/proposals?all", "query")] {
        let answer = ask(&world, path, &both).await;
        assert_eq!(
            refusal(answer).await,
            (401, "request-signature-invalid".to_owned()),
            "{what}"
        );
    }
    let host = [both[0], both[1], ("host", "staging.example.org")];
    let answer = ask(&world, "/proposals", &host).await;
    assert_eq!(
        refusal(answer).await,
        (401, "request-signature-invalid".to_owned())
    );
    let [input, signature] = fields(&world, "DELETE", "/proposals");
    let other = [
        ("signature-input", input.as_str()),
        ("signature", signature.as_str()),
    ];
    let answer = ask(&world, "/proposals", &other).await;
    assert_eq!(
        refusal(answer).await,
        (401, "request-signature-invalid".to_owned())
    );

    world.pass(300);
    assert_eq!(ask(&world, "/proposals", &both).await.status(), 200);
    world.pass(1);
    let answer = ask(&world, "/proposals", &both).await;
    assert_eq!(
        refusal(answer).await,
        (401, "request-signature-time".to_owned())
    );
    world.pass(-602);
    let answer = ask(&world, "/proposals", &both).await;
    assert_eq!(
        refusal(answer).await,
        (401, "request-signature-time".to_owned())
    );
}

#[tokio::test]
async fn another_server_cannot_pass_on_what_it_was_asked() {
    let names = ["Notices.example.org".to_owned(), "127.0.0.1:1".to_owned()];
    let world = World::named(settings(), &names).await;
    let ask_at = async |authority: &str, hosts: &[&str]| {
        let target = Target {
            method: "GET",
            authority,
            path: "/api/v1/proposals",
            query: None,
        };
        let [input, signature] = sign(target, &alice(), world.now()).unwrap();
        let mut head = format!(
            "GET /api/v1/proposals HTTP/1.1\r\nConnection: close\r\nSignature-Input: {input}\r\nSignature: {signature}\r\n"
        );
        for host in hosts {
            write!(head, "Host: {host}\r\n").unwrap();
        }
        let mut stream = tokio::net::TcpStream::connect(world.address).await.unwrap();
        stream
            .write_all(format!("{head}\r\n").as_bytes())
            .await
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    for (authority, hosts) in [
        ("hostile.example", &["hostile.example"][..]),
        ("", &[""]),
        ("", &[]),
        ("notices.example.org:8443", &["notices.example.org:8443"]),
        (
            "notices.example.org",
            &["notices.example.org", "hostile.example"],
        ),
        (
            "hostile.example",
            &["hostile.example", "notices.example.org"],
        ),
    ] {
        let answer = ask_at(authority, hosts).await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{hosts:?}: {answer}");
        assert!(answer.contains("request-signature-authority"), "{answer}");
    }
    for own in ["notices.example.org", "NOTICES.example.org", "127.0.0.1:1"] {
        let answer = ask_at(own, &[own]).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{own}: {answer}");
    }
}

#[tokio::test]
async fn a_signature_covers_everything_and_says_what_it_is() {
    let world = World::new().await;
    let [input, signature] = fields(&world, "GET", "/proposals");
    let forms = [
        input.replace(" \"@path\"", ""),
        input.replace("\"@path\"", "\"@path\" \"date\""),
        input.replace("\"@query\"", "\"@query\" \"@query\""),
        input.replace("\"@path\"", "\"@method\""),
        input.replace("\"@path\"", "\"@path\";req"),
        input.replace("tuf-motd", "another"),
        input.replace(";alg=\"ed25519\"", ""),
        input.replace("ed25519", "hmac-sha256"),
        input.replace("created=", "created=\"1\";x="),
        format!("{input};nonce=\"1\""),
        format!("{input}, other=(\"@path\");created=1"),
        input.replace("motd=", "another="),
        "?".to_owned(),
        String::new(),
    ];
    for form in forms {
        let answer = ask(
            &world,
            "/proposals",
            &[("signature-input", &form), ("signature", &signature)],
        )
        .await;
        assert_eq!(
            refusal(answer).await,
            (401, "request-signature-form".to_owned()),
            "{form}"
        );
    }
    for form in ["motd=1", "motd=:AA==:, b=:AA==:", "another=:AA==:", "motd"] {
        let answer = ask(
            &world,
            "/proposals",
            &[("signature-input", &input), ("signature", form)],
        )
        .await;
        assert_eq!(
            refusal(answer).await,
            (401, "request-signature-form".to_owned()),
            "{form}"
        );
    }
    let empty = ask(
        &world,
        "/proposals",
        &[("signature-input", &input), ("signature", "motd=::")],
    )
    .await;
    assert_eq!(
        refusal(empty).await,
        (401, "request-signature-invalid".to_owned())
    );
    // In one field each: of two, others on the way may have looked at the other one.
    for twice in ["signature-input", "signature"] {
        let more = if twice == "signature" {
            &signature
        } else {
            &input
        };
        let three = [
            ("signature-input", input.as_str()),
            ("signature", signature.as_str()),
            (twice, more.as_str()),
        ];
        assert_eq!(
            refusal(ask(&world, "/proposals", &three).await).await,
            (401, "request-signature-form".to_owned()),
            "{twice}"
        );
    }
    let one = ask(&world, "/proposals", &[("signature-input", &input)]).await;
    assert_eq!(refusal(one).await, (401, "request-unsigned".to_owned()));
}

#[tokio::test]
async fn another_order_of_components_and_another_label_are_well() {
    let world = World::new().await;
    let alice = alice();
    let parameters = format!(
        "(\"@query\" \"@path\" \"@method\" \"@authority\");keyid=\"{}\";tag=\"tuf-motd\";alg=\"ed25519\";created={}",
        alice.key_id(),
        world.now().unix_seconds()
    );
    let base = format!(
        "\"@query\": ?\n\"@path\": /api/v1/proposals\n\"@method\": GET\n\"@authority\": {}\n\"@signature-params\": {parameters}",
        world.address
    );
    let signature = STANDARD.encode(alice.sign(base.as_bytes()).unwrap());
    let (input, signature) = (format!("sig1={parameters}"), format!("sig1=:{signature}:"));
    let answer = ask(
        &world,
        "/proposals",
        &[("signature-input", &input), ("signature", &signature)],
    )
    .await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
}

#[tokio::test]
async fn a_signature_on_a_role_is_none_on_a_request() {
    let world = World::new().await;
    let request = world.request("After", &[&alice()]);
    let signed = super::world::signature_of(&request, "motd", &alice().key_id());
    let [input, _] = fields(&world, "GET", "/proposals");
    let signature = format!(
        "motd=:{}:",
        STANDARD.encode(hex::decode(signed.sig).unwrap())
    );
    let answer = ask(
        &world,
        "/proposals",
        &[("signature-input", &input), ("signature", &signature)],
    )
    .await;
    assert_eq!(
        refusal(answer).await,
        (401, "request-signature-invalid".to_owned())
    );
}

#[tokio::test]
async fn everybody_may_ask_what_is_published_and_how_to_ask() {
    let world = World::new().await;
    let about: serde_json::Value = ask(&world, "", &[]).await.json().await.unwrap();
    assert_eq!(about["repository"], "example.org");
    assert_eq!(about["roles"]["motd"]["version"], 2);
    let answer = ask(&world, "/openapi.json", &[]).await;
    assert_eq!(answer.headers()["content-type"], "application/json");
    let text = answer.text().await.unwrap();
    assert_eq!(text, motd_server::serve::api::description());
    for (path, status, code) in [
        ("/nothing", 404, "not-found"),
        ("/proposals/x/y/z", 404, "not-found"),
    ] {
        assert_eq!(
            refusal(ask(&world, path, &[]).await).await,
            (status, code.to_owned())
        );
    }
    let put = world
        .client
        .put(world.url("/proposals"))
        .send()
        .await
        .unwrap();
    let allow = put.headers()["allow"].to_str().unwrap().to_owned();
    assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
    assert_eq!(refusal(put).await, (405, "method-not-allowed".to_owned()));
}
