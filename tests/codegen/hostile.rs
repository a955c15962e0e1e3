//! Whatever a contract calls things and says of them, what is written is Rust, and no more of it
//! than types.

use openai_tools::cli::{self, Console, Exit};
use proptest::{
    collection::vec,
    prelude::{Just, Strategy, any, prop_oneof},
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use serde_json::{Map, Value, json};
use syn::{Attribute, Fields, Item, Meta};
use tests::foreign::Schemas;

/// What the program makes of a file, and how it ended.
pub(crate) fn generated(file: &Value) -> (Exit, String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let text = file.to_string();
    let console = Console::new(&mut stdout, &mut stderr).with_stdin(text.as_bytes());
    let exit = cli::main(["openai-tools", "codegen", "-"], console);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (exit, text(stdout), text(stderr))
}

/// Holds a file to what is written into it: structs and enums with the attributes of the derives,
/// functions beside them for defaults and schemas, and docs that are no code.
fn check(text: &str) -> Result<usize, String> {
    let file = syn::parse_file(text).map_err(|error| format!("{error}\n{text}"))?;
    let mut types = 0;
    for item in &file.items {
        let mut attributes: Vec<&Attribute> = Vec::new();
        let of_fields = |fields: &Fields| -> Vec<Attribute> {
            fields.iter().flat_map(|field| field.attrs.clone()).collect()
        };
        let inner: Vec<Attribute> = match item {
            Item::Struct(item) => {
                attributes.extend(&item.attrs);
                of_fields(&item.fields)
            }
            Item::Enum(item) => {
                attributes.extend(&item.attrs);
                let variants = item.variants.iter();
                variants.flat_map(|v| [v.attrs.clone(), of_fields(&v.fields)].concat()).collect()
            }
            Item::Fn(item) => {
                let name = item.sig.ident.to_string();
                if !["_default", "_schema"].iter().any(|end| name.contains(end)) {
                    return Err(format!("the function {name}\n{text}"));
                }
                continue;
            }
            _ => return Err(format!("more than types\n{text}")),
        };
        types += 1;
        for attribute in attributes.into_iter().chain(&inner) {
            let known = ["derive", "doc", "schemars", "serde", "tool"];
            if !known.iter().any(|name| attribute.path().is_ident(name)) {
                return Err(format!("an attribute of its own\n{text}"));
            }
            if let Meta::NameValue(_) = &attribute.meta {
                let docs = quoted(attribute);
                if ["```", "~~~", "     "].iter().any(|code| docs.contains(code)) {
                    return Err(format!("docs that rustdoc runs\n{text}"));
                }
            }
        }
    }
    Ok(types)
}

fn quoted(attribute: &Attribute) -> String {
    match &attribute.meta {
        Meta::NameValue(meta) => match &meta.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => text.value(),
            _ => String::new(),
        },
        _ => String::new(),
    }
}

fn run<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), String>) {
    let config = Config { failure_persistence: None, ..Config::with_cases(cases) };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(strategy, |value| test(value).map_err(TestCaseError::fail))
        .unwrap_or_else(|failure| panic!("{failure}"));
}

/// Texts that mean something to Rust, to rustdoc or to a derive, and any others.
fn text() -> impl Strategy<Value = String> {
    let fragments = [
        "*/",
        "\"",
        "\\",
        "\n",
        "\r",
        "```",
        "//",
        "/*",
        "#",
        "#![",
        "]",
        "{",
        "}",
        "(",
        ")",
        "\"#",
        "'",
        "r#\"",
        "type",
        "self",
        "Self",
        "crate",
        "fn main() {}",
        " ",
        "    ",
        "\t",
        "\u{202e}",
        "\0",
        "é",
        "都",
        "ß",
        "🦀",
        "_",
        "1",
        "a",
        "B",
        "::",
        "<T>",
        "&",
        "$ref",
        "%",
        "~",
        "Option",
        "\u{301}",
    ];
    let fragment = prop_oneof![
        4 => (0..fragments.len()).prop_map(move |n| fragments[n].to_owned()),
        1 => any::<char>().prop_map(String::from),
        1 => Just("word".to_owned()),
    ];
    vec(fragment, 0..6).prop_map(|parts| parts.concat())
}

#[test]
fn no_name_and_no_description_is_more_than_a_text() {
    run(150, &vec(text(), 14), |texts| {
        let mut texts = texts.into_iter();
        let mut next = move || texts.next().unwrap_or_default();
        let mut properties = Map::new();
        for _ in 0..4 {
            properties.insert(next(), json!({"type": "string", "description": next()}));
        }
        let definition = next();
        let (a, b) = (next(), next());
        let pointer = definition.replace('~', "~0").replace('/', "~1").replace('%', "%25");
        properties.insert("there".to_owned(), json!({"$ref": format!("#/$defs/{pointer}")}));
        properties.insert("default".to_owned(), json!({"type": "string", "default": a}));
        let tag = next();
        let branch = |value: &str| {
            json!({
                "type": "object",
                "properties": {(tag.clone()): {"const": value}, "x": {"type": "null"}},
                "required": [tag],
            })
        };
        properties.insert("tagged".to_owned(), json!({"oneOf": [branch(&a), branch(&b)]}));
        let patterned = json!({"type": "object", "patternProperties": {"a": {"const": b}}});
        properties.insert("kept".to_owned(), patterned);
        let schema = json!({
            "type": "object",
            "properties": properties,
            "$defs": {(definition): {"enum": [a, b, "c"], "title": next()}},
        });
        let file = json!([
            {"name": "tool", "description": next(), "parameters": schema},
            {"title": a, "type": "array", "items": {"type": "string", "pattern": "a", "title": b}},
        ]);
        let (exit, stdout, stderr) = generated(&file);
        match exit {
            Exit::Success => check(&stdout).map(drop),
            Exit::Finding if stderr.contains("help: ") && stdout.is_empty() => Ok(()),
            _ => Err(format!("{file}: {stderr}")),
        }
    });
}

#[test]
fn types_of_any_schema_have_its_contract_or_are_refused() {
    let (mut written, mut refused) = (0, 0);
    let counts = std::cell::RefCell::new((&mut written, &mut refused));
    run(400, &vec(any::<u8>(), 0..120), |choices| {
        let file = Schemas::new(&choices).document();
        let (exit, stdout, stderr) = generated(&json!([file]));
        let mut counts = counts.borrow_mut();
        match exit {
            Exit::Success => {
                *counts.0 += 1;
                check(&stdout).map(drop)
            }
            Exit::Finding if stderr.contains("help: ") => {
                *counts.1 += usize::from(stderr.contains("no Rust type"));
                Ok(())
            }
            _ => Err(format!("{file}: {stderr}")),
        }
    });
    let _ = counts;
    assert!(written > 150 && refused * 20 < written, "{written} written, {refused} have no type");
}

#[test]
fn the_same_contract_gives_the_same_file() {
    let file: Value = serde_json::from_str(include_str!("contracts/hostile.json")).expect("JSON");
    assert_eq!(generated(&file).1, generated(&file).1);
}
