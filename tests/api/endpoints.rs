//! Each endpoint of OpenAI's document that this crate speaks, with each parameter of its query.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use openai_tools::{
    Client, Message,
    chat::{Api, Request},
    client::{Body, ExpiresAfter, FilePurpose, Sending, Transport, Upload},
    responses::{CreateConversation, Include, Item, Order},
};
use serde_json::Value;
use tests::document::{check_schema, document};

/// Writes down what it is sent, and has no good answer.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Sent>>>);

struct Sent {
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    content_type: Option<String>,
    body: Bytes,
}

impl Transport for Recorder {
    fn send(&self, request: http::Request<Bytes>) -> Sending<'_> {
        let query = request.uri().query().unwrap_or_default().split('&');
        let pairs = query.filter_map(|pair| pair.split_once('='));
        let name = |name: &str| name.replace("%5B%5D", "[]");
        let told = request.headers().get("content-type").and_then(|told| told.to_str().ok());
        self.0.lock().expect("no panic").push(Sent {
            method: request.method().as_str().to_lowercase(),
            path: request.uri().path().to_owned(),
            query: pairs.map(|(key, value)| (name(key), value.to_owned())).collect(),
            content_type: told.map(str::to_owned),
            body: request.into_body(),
        });
        let response = http::Response::builder().status(418).body(Body::full(Bytes::new()));
        Box::pin(std::future::ready(Ok(response.expect("a response"))))
    }
}

type Asked = Pin<Box<dyn Future<Output = ()>>>;

/// How an operation is asked for, with all that it can be asked with.
struct Operation {
    /// `operationId` in the document.
    id: &'static str,
    /// The schema of a JSON body, if it is a named one.
    body: Option<&'static str>,
    ask: fn(Client) -> Asked,
}

fn includes() -> [Include; 1] {
    [Include::WebSearchSources]
}

fn request() -> Request {
    let mut request = Request::new("m");
    request.messages.push(Message::user("Hi"));
    request
}

const fn operation(
    id: &'static str,
    body: Option<&'static str>,
    ask: fn(Client) -> Asked,
) -> Operation {
    Operation { id, body, ask }
}

/// Every operation under `/responses`, `/conversations` and `/files`.
const OPERATIONS: &[Operation] = &[
    operation("createResponse", Some("CreateResponse"), |client| {
        Box::pin(async move { drop(client.send(&request()).await) })
    }),
    operation("getResponse", None, |client| {
        Box::pin(async move {
            drop(client.responses().retrieve_with("r", includes()).await);
            let events = client.responses().retrieve_stream("r").starting_after(7);
            let mut events = events.include(includes()).obfuscation(false);
            drop(events.next().await);
        })
    }),
    operation("deleteResponse", None, |client| {
        Box::pin(async move { drop(client.responses().delete("r").await) })
    }),
    operation("cancelResponse", None, |client| {
        Box::pin(async move { drop(client.responses().cancel("r").await) })
    }),
    operation("listInputItems", None, |client| {
        let list = client.responses().input_items("r").limit(3).order(Order::Ascending);
        let list = list.after("a b&c").include(includes());
        Box::pin(async move { drop(list.page().await) })
    }),
    operation("Getinputtokencounts", Some("TokenCountsBody"), |client| {
        Box::pin(async move { drop(client.responses().input_tokens(&request()).await) })
    }),
    operation("createConversation", Some("CreateConversationBody"), |client| {
        Box::pin(async move {
            let mut begin = CreateConversation::default();
            begin.items = Some(vec![Item::user("Hi")]);
            begin.metadata = Some(BTreeMap::from([("a".to_owned(), "b".to_owned())]));
            drop(client.conversations().create(&begin).await);
        })
    }),
    operation("getConversation", None, |client| {
        Box::pin(async move { drop(client.conversations().retrieve("c").await) })
    }),
    operation("deleteConversation", None, |client| {
        Box::pin(async move { drop(client.conversations().delete("c").await) })
    }),
    operation("updateConversation", Some("UpdateConversationBody"), |client| {
        Box::pin(async move { drop(client.conversations().update("c", BTreeMap::new()).await) })
    }),
    operation("createConversationItems", None, |client| {
        Box::pin(async move {
            let items = [Item::user("Hi")];
            drop(client.conversations().create_items_with("c", items, includes()).await);
        })
    }),
    operation("listConversationItems", None, |client| {
        let list = client.conversations().items("c").limit(3).order(Order::Descending);
        let list = list.after("a").include(includes());
        Box::pin(async move { drop(list.page().await) })
    }),
    operation("getConversationItem", None, |client| {
        Box::pin(async move { drop(client.conversations().item_with("c", "i", includes()).await) })
    }),
    operation("deleteConversationItem", None, |client| {
        Box::pin(async move { drop(client.conversations().delete_item("c", "i").await) })
    }),
    operation("listFiles", None, |client| {
        let list = client.files().list().limit(3).order(Order::Ascending);
        let list = list.after("f").purpose(&FilePurpose::Batch);
        Box::pin(async move { drop(list.page().await) })
    }),
    operation("createFile", None, |client| {
        let upload = Upload::bytes("a.txt", "a", FilePurpose::Vision);
        let day = ExpiresAfter::new(Duration::from_secs(86_400)).expect("a day");
        let upload = upload.with_expires_after(day);
        Box::pin(async move { drop(client.files().upload(upload).await) })
    }),
    operation("deleteFile", None, |client| {
        Box::pin(async move { drop(client.files().delete("f").await) })
    }),
    operation("retrieveFile", None, |client| {
        Box::pin(async move { drop(client.files().retrieve("f").await) })
    }),
    operation("downloadFile", None, |client| {
        Box::pin(async move { drop(client.files().content("f").await) })
    }),
];

/// The operations of the document: path, method and what it says of each.
fn documented() -> Vec<(String, String, &'static Value)> {
    let paths = document().expect("it is there")["paths"].as_object().expect("paths");
    let ours = ["/responses", "/conversations", "/files"];
    let ours = paths.iter().filter(|(path, _)| ours.iter().any(|root| path.starts_with(root)));
    ours.flat_map(|(path, methods)| {
        let methods = methods.as_object().expect("methods").iter();
        methods.map(move |(method, operation)| (path.clone(), method.clone(), operation))
    })
    .collect()
}

/// Whether a path is one of a template such as `/files/{file_id}`.
fn fits(template: &str, path: &str) -> bool {
    let path = path.strip_prefix("/v1").expect("it is under the base URL");
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template.zip(path).all(|(template, segment)| {
            template == segment || template.starts_with('{') && !segment.is_empty()
        })
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[tokio::test]
async fn every_operation_of_the_document_can_be_asked_with_all_its_parameters() {
    let documented = documented();
    let names = |operation: &Value| operation["operationId"].as_str().expect("a name").to_owned();
    let theirs: BTreeSet<String> = documented.iter().map(|(_, _, known)| names(known)).collect();
    let ours: BTreeSet<String> = OPERATIONS.iter().map(|known| known.id.to_owned()).collect();
    assert_eq!(ours, theirs, "an operation is in one of them alone");
    for Operation { id, body, ask } in OPERATIONS {
        let (template, method, operation) = documented
            .iter()
            .find(|(_, _, known)| known["operationId"] == **id)
            .expect("compared above");
        let recorder = Recorder::default();
        let client = Client::builder().transport(recorder.clone()).api(Api::Responses);
        ask(client.build().expect("a good configuration")).await;

        let sent = recorder.0.lock().expect("no panic");
        assert!(!sent.is_empty(), "{id}: nothing is sent");
        let mut given = BTreeSet::new();
        for sent in sent.iter() {
            assert_eq!(sent.method, *method, "{id}");
            assert!(fits(template, &sent.path), "{id}: {} is no {template}", sent.path);
            given.extend(sent.query.keys().map(|name| name.trim_end_matches("[]").to_owned()));
            let kind = sent.content_type.as_deref().and_then(|kind| kind.split(';').next());
            let known = operation["requestBody"]["content"].as_object();
            let known = known.and_then(|known| known.keys().next()).map(String::as_str);
            assert_eq!(kind, known, "{id}: the media type of its body");
            assert_eq!(sent.body.is_empty(), known.is_none(), "{id}");
            if let Some(schema) = body {
                let written: Value = serde_json::from_slice(&sent.body).expect("JSON");
                assert_eq!(check_schema(schema, &written), Ok(()), "{id}");
            }
        }
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let parameters = parameters.filter(|parameter| parameter["in"] == "query");
        let parameters: BTreeSet<String> =
            parameters.map(|known| known["name"].as_str().expect("a name").to_owned()).collect();
        assert_eq!(given, parameters, "{id}: the parameters of its query");
    }
}

#[cfg_attr(not(has_openapi), ignore = "needs OpenAI's document")]
#[tokio::test]
async fn an_upload_has_each_field_of_the_document() {
    let schemas = &document().expect("it is there")["components"]["schemas"];
    let fields = schemas["CreateFileRequest"]["properties"].as_object().expect("fields");
    let recorder = Recorder::default();
    let client = Client::builder().transport(recorder.clone()).build().expect("good");
    let upload = OPERATIONS.iter().find(|known| known.id == "createFile").expect("it is there");
    (upload.ask)(client).await;
    let sent = recorder.0.lock().expect("no panic");
    let form = String::from_utf8_lossy(&sent[0].body).into_owned();
    for field in fields.keys() {
        let named = [format!("name=\"{field}\""), format!("name=\"{field}[")];
        assert!(named.iter().any(|name| form.contains(name)), "{field}: {form}");
    }
    let expiry = &schemas["FileExpirationAfter"]["properties"];
    for field in expiry.as_object().expect("fields").keys() {
        assert!(form.contains(&format!("name=\"expires_after[{field}]\"")), "{field}: {form}");
    }
}
