//! Types that `openai-tools codegen` wrote: compiled here, and held against the contracts they were
//! made of.
//!
//! `CODEGEN=overwrite cargo test -p tests --test codegen` writes them anew.

mod generated;
mod hostile;
mod program;

use std::{env, fs, path::PathBuf};

use openai_tools::{
    cli::{self, Console, Exit},
    contract::{Class, compare_schemas},
    schema::{Contract, Fault, Profile},
    tool::ToolDefinition,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tests::instances::Instances;

use self::generated::{Root, roots};

/// A file of contracts, and what else is said to the program.
struct Case {
    name: &'static str,
    arguments: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case { name: "gallery", arguments: &[] },
    Case { name: "hostile", arguments: &[] },
    Case { name: "pydantic", arguments: &["--derive", "serde::Serialize"] },
    Case { name: "recursion", arguments: &[] },
    Case { name: "shapes", arguments: &["--with", "chrono,uuid", "--with", "url"] },
    Case { name: "unions", arguments: &[] },
    Case { name: "weather", arguments: &[] },
];

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("codegen").join(name)
}

fn contract_file(name: &str) -> PathBuf {
    match name {
        "weather" => folder("../../examples/tools.json"),
        name => folder("contracts").join(format!("{name}.json")),
    }
}

/// What the program writes for a file, and what it says.
fn run(arguments: &[&str]) -> (Exit, String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let console = Console::new(&mut stdout, &mut stderr);
    let exit = cli::main([&["openai-tools", "codegen"], arguments].concat(), console);
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (exit, text(stdout), text(stderr))
}

fn written(case: &Case) -> String {
    let file = contract_file(case.name);
    let file = file.to_str().expect("a path of UTF-8");
    let (exit, stdout, stderr) = run(&[&[file], case.arguments].concat());
    assert_eq!((exit, &*stderr), (Exit::Success, ""), "{}", case.name);
    stdout
}

#[test]
fn what_is_compiled_here_is_what_is_written_today() {
    for case in CASES {
        let path = folder("generated").join(format!("{}.rs", case.name));
        let text = written(case);
        if env::var_os("CODEGEN").is_some_and(|how| how == "overwrite") {
            fs::write(&path, &text).expect("written");
        }
        let known = fs::read_to_string(&path).expect("a generated file");
        let same = known.lines().eq(text.lines());
        assert!(same, "{}: write it anew with CODEGEN=overwrite", path.display());
    }
}

/// The name and the description of a tool, and a schema.
type Given<'a> = (Option<(&'a str, Option<&'a str>)>, Value);

/// The schemas of a file with their names and descriptions, for a tool.
fn given(file: &Value) -> Vec<Given<'_>> {
    let list = file.as_array().or_else(|| file["tools"].as_array()).expect("a list");
    let one = |item| {
        let item: &Value = item;
        if let Some(answer) = item.get("json_schema") {
            return (None, answer["schema"].clone());
        }
        let function = item.get("function").unwrap_or(item);
        let Some(name) = function["name"].as_str() else {
            let mut schema = item.clone();
            // A type has it as its name.
            schema.as_object_mut().expect("a schema").shift_remove("title");
            return (None, schema);
        };
        let description = function["description"].as_str();
        let none = serde_json::json!({"type": "object"});
        let schema = function.get("parameters").or_else(|| function.get("inputSchema"));
        let mut schema = schema.unwrap_or(&none).clone();
        let schema_map = schema.as_object_mut().expect("a schema");
        schema_map.shift_remove("title");
        if schema_map.get("description").is_some_and(|own| own.as_str() == description) {
            // The model is told it once.
            schema_map.shift_remove("description");
        }
        (Some((name, description)), schema)
    };
    list.iter().map(one).collect()
}

fn strict(schema: &Value) -> Contract {
    Contract::strict(schema, &Profile::openai_strict()).expect("a strict form")
}

/// Holds what types promise against what the file does.
fn hold(file: &str, given: &[Given<'_>], roots: &[Root]) {
    assert_eq!(given.len(), roots.len(), "{file}");
    for ((tool, schema), root) in given.iter().zip(roots) {
        let scene = format!("{file}: {}", root.name);
        if let Some((name, description)) = tool {
            let definition: ToolDefinition = (root.definition.expect("a tool"))();
            assert_eq!(definition.name(), name, "{scene}");
            let told = definition.description();
            assert_eq!(told, description.map(str::trim), "{scene}");
            holds(&scene, &strict(schema), definition.contract());
        } else {
            assert!(root.definition.is_none(), "{scene}");
            holds(&scene, &strict(schema), &strict(&(root.schema)()));
        }
    }
}

/// The library's own comparison by meaning, which knows nothing of how types are made: words count,
/// and so does order.
fn holds(scene: &str, one: &Contract, other: &Contract) {
    let sent = compare_schemas(one.sent(), other.sent());
    for change in sent.changes() {
        // `Option` says `null` last; `codegen` itself holds the order of all others.
        // Texts in branches of their own become one list of texts.
        let is_list = change.pointer.ends_with("/typebox") && change.model == Some(Class::Wording);
        let is_known = is_list || change.reason == "the forms stand in another order";
        assert!(is_known, "{scene}: {change:?}\n{:#}\n{:#}", one.sent(), other.sent());
    }
    let accepted = compare_schemas(one.accepted(), other.accepted());
    for change in accepted.changes() {
        // Integers have the bounds of their type, and `Option` may be left out.
        let is_known = change.reason.contains("9223372036854775")
            || change.reason.contains("18446744073709551615")
            || change.reason == "the forms stand in another order"
            || change.pointer.ends_with("/typebox") && change.model == Some(Class::Wording)
            || change.model == Some(Class::Widening);
        assert!(is_known, "{scene}: {change:?}");
    }
}

#[test]
fn compiled_types_give_the_contract_again() {
    for case in CASES {
        let text = fs::read_to_string(contract_file(case.name)).expect("a contract");
        let file: Value = serde_json::from_str(&text).expect("JSON");
        hold(case.name, &given(&file), &roots(case.name));
    }
}

/// Whether a type takes some JSON.
pub(crate) fn takes<T: DeserializeOwned>(value: Value) -> Result<(), String> {
    serde_json::from_value::<T>(value).map(drop).map_err(|error| error.to_string())
}

#[test]
fn types_take_all_that_their_contract_accepts() {
    let mut taken = 0;
    for case in CASES {
        for root in roots(case.name) {
            let contract = match root.definition {
                Some(definition) => definition().contract().clone(),
                None => strict(&(root.schema)()),
            };
            let checker = contract.checker().expect("compiled");
            for seed in 0..40_u8 {
                let choices: Vec<u8> = (0..60)
                    .map(|n: u8| n.wrapping_mul(31).wrapping_add(seed.wrapping_mul(57)))
                    .collect();
                let written = Instances::new(contract.sent(), &choices[..usize::from(seed)]).next();
                let decoded = match checker.check_value(written.clone()) {
                    Ok(decoded) => decoded,
                    Err(Fault::Invalid(_)) => continue,
                    Err(fault) => panic!("{fault}"),
                };
                let scene = format!("{}: {}: {decoded}", case.name, root.name);
                if let Err(error) = (root.takes)(decoded) {
                    panic!("{scene}: {error}");
                }
                taken += 1;
            }
        }
    }
    assert!(taken > 2_000, "{taken}");
}
