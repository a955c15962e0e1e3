//! Tools as a list of the Responses API.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::definition::ToolDefinition;

/// Tools of one namespace stand together, where its first one stands.
pub(crate) fn listed<'a>(definitions: impl IntoIterator<Item = &'a ToolDefinition>) -> Vec<Value> {
    let mut list: Vec<Value> = Vec::new();
    let mut namespaces: HashMap<&str, usize> = HashMap::new();
    for definition in definitions {
        if let Some(builtin) = definition.as_builtin() {
            list.extend(builtin.wire.clone());
            continue;
        }
        let Some(namespace) = definition.form().namespace() else {
            list.push(definition.to_responses());
            continue;
        };
        let at = *namespaces.entry(namespace.name().as_str()).or_insert_with(|| {
            list.push(json!({
                "type": "namespace",
                "name": namespace.name(),
                "description": namespace.description(),
                "tools": [],
            }));
            list.len() - 1
        });
        if let Some(Value::Array(members)) = list[at].get_mut("tools") {
            members.push(definition.to_responses());
        }
    }
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::Namespace;

    #[test]
    fn tools_of_a_namespace_stand_in_it_where_its_first_one_stands() {
        let plain = |name: &str| ToolDefinition::new(name, json!({"type": "object"}));
        let of =
            |name: &str| plain(name).with_namespace(Namespace::new("crm", "c").expect("legal"));
        let tools = [of("find"), plain("echo"), of("greet")];
        let tools = tools.map(|tool| tool.with_strict(false).build().expect("sound"));
        let listed = listed(&tools);
        let names: Vec<_> = listed.iter().map(|tool| tool["name"].as_str()).collect();
        assert_eq!(names, [Some("crm"), Some("echo")]);
        assert_eq!(listed[0]["type"], "namespace");
        let members: Vec<_> = (0..2).map(|n| listed[0]["tools"][n]["name"].as_str()).collect();
        assert_eq!(members, [Some("find"), Some("greet")]);
    }
}
