//! The pages on a free port of this machine, and a list of what was asked for.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, Uri};
use motd_server::serve::page::Page;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) struct Site {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Whether the pages have their policies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policies {
    /// As they are served.
    Kept,
    /// With nothing that stops a script: for the tool that looks at accessibility from inside the page, and as a control.
    Left,
}

struct Shared {
    policies: Policies,
    pages: Vec<Page>,
    served: Mutex<Vec<String>>,
}

impl Site {
    pub(crate) async fn serve(pages: Vec<Page>, policies: Policies) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            policies,
            pages,
            served: Mutex::default(),
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
            let _ = stopped.await;
        });
        let task = tokio::spawn(async move { serving.await.unwrap() });
        Self {
            address,
            shared,
            stop,
            task,
        }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every path that was asked for, with its query.
    pub(crate) fn served(&self) -> Vec<String> {
        self.shared.served.lock().unwrap().clone()
    }

    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.unwrap();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, uri: Uri) -> Response<Body> {
    shared.served.lock().unwrap().push(uri.to_string());
    let page = shared.pages.iter().find(|page| page.path == uri.path());
    let Some(page) = page else {
        // A browser asks for this by itself where no policy keeps it from that.
        let status = if uri.path() == "/favicon.ico" {
            204
        } else {
            404
        };
        return Response::builder()
            .status(status)
            .body(Body::empty())
            .unwrap();
    };
    let mut response = Response::builder().header("content-type", page.content_type);
    let policy = page.policy.as_ref();
    if let Some(policy) = policy.filter(|_| shared.policies == Policies::Kept) {
        response = response.header("content-security-policy", policy);
    }
    response.body(Body::from(page.body.clone())).unwrap()
}
