//! How often a validator looks at one value, where schemas lead to each other in several ways.

use std::collections::HashMap;

use serde_json::Value;

use super::keyword::{Held, held};

/// How deeply an instance may be nested so that a validator, which has no bound of its own, does not
/// look more than [`MOST`] times at a value: schemas that lead to the next one twice at each level cost
/// the power of the depth. `None` if it does so with any instance.
pub(crate) fn deepest(schema: &Value) -> Option<usize> {
    let mut graph = Graph { root: schema, nodes: Vec::new(), known: HashMap::new() };
    let root = graph.add(schema);
    let order = graph.order();
    let mut below = vec![0; graph.nodes.len()];
    for depth in 0..=DEEPEST {
        let mut costs = vec![1_u64; graph.nodes.len()];
        for &at in &order {
            costs[at] = graph.nodes[at].cost(&costs, &below);
        }
        if costs[root] > MOST {
            return depth.checked_sub(1);
        }
        if costs == below {
            break;
        }
        below = costs;
    }
    Some(DEEPEST)
}

struct Graph<'a> {
    root: &'a Value,
    nodes: Vec<Node>,
    known: HashMap<*const Value, usize>,
}

#[derive(Default)]
struct Node {
    /// Schemas of the same value.
    same: Vec<usize>,
    /// Schemas of its parts: of one property, or of any.
    named: HashMap<String, Vec<usize>>,
    any: Vec<usize>,
}

impl Node {
    fn cost(&self, same: &[u64], below: &[u64]) -> u64 {
        let sum = |costs: &[u64], nodes: &[usize]| {
            nodes.iter().fold(0_u64, |sum, node| sum.saturating_add(costs[*node]))
        };
        let named = self.named.values().map(|nodes| sum(below, nodes)).max().unwrap_or(0);
        let parts = named.saturating_add(sum(below, &self.any));
        sum(same, &self.same).saturating_add(parts).saturating_add(1)
    }
}

impl<'a> Graph<'a> {
    /// Adds a schema and all that it leads to.
    fn add(&mut self, schema: &'a Value) -> usize {
        let mut open = vec![(self.node(schema), schema)];
        let first = open[0].0;
        while let Some((at, schema)) = open.pop() {
            let Value::Object(map) = schema else { continue };
            for (keyword, value) in map {
                if keyword == "$ref" {
                    let target = value.as_str().and_then(|reference| self.target(reference));
                    if let Some(target) = target {
                        let inner = self.reach(target, &mut open);
                        self.nodes[at].same.push(inner);
                    }
                    continue;
                }
                match held(keyword, value) {
                    Some(Held::Named(schemas)) => {
                        for (name, schema) in schemas {
                            let inner = self.reach(schema, &mut open);
                            let node = &mut self.nodes[at];
                            match &**keyword {
                                "properties" => {
                                    node.named.entry(name.clone()).or_default().push(inner);
                                }
                                "dependentSchemas" => node.same.push(inner),
                                _ => node.any.push(inner),
                            }
                        }
                    }
                    Some(Held::Listed(schemas)) => {
                        let is_same = matches!(&**keyword, "allOf" | "anyOf" | "oneOf");
                        for (n, schema) in schemas.iter().enumerate() {
                            let inner = self.reach(schema, &mut open);
                            let node = &mut self.nodes[at];
                            if is_same {
                                node.same.push(inner);
                            } else {
                                node.named.entry(format!("{n}")).or_default().push(inner);
                            }
                        }
                    }
                    Some(Held::One(schema)) => {
                        let inner = self.reach(schema, &mut open);
                        let node = &mut self.nodes[at];
                        match &**keyword {
                            "not" | "if" | "then" | "else" => node.same.push(inner),
                            _ => node.any.push(inner),
                        }
                    }
                    None => {}
                }
            }
        }
        first
    }

    fn node(&mut self, schema: &'a Value) -> usize {
        self.nodes.push(Node::default());
        self.known.insert(std::ptr::from_ref(schema), self.nodes.len() - 1);
        self.nodes.len() - 1
    }

    fn reach(&mut self, schema: &'a Value, open: &mut Vec<(usize, &'a Value)>) -> usize {
        if let Some(known) = self.known.get(&std::ptr::from_ref(schema)) {
            return *known;
        }
        let node = self.node(schema);
        open.push((node, schema));
        node
    }

    /// What a reference within the document names; anchors and addresses are left to the validator.
    fn target(&self, reference: &str) -> Option<&'a Value> {
        let pointer = reference.strip_prefix('#')?;
        self.root.pointer(pointer)
    }

    /// The schemas of one value, each behind those that it leads to; one that leads back to itself
    /// counts once.
    fn order(&self) -> Vec<usize> {
        let mut order = Vec::with_capacity(self.nodes.len());
        let mut seen = vec![false; self.nodes.len()];
        for start in 0..self.nodes.len() {
            if std::mem::replace(&mut seen[start], true) {
                continue;
            }
            let mut open = vec![(start, 0)];
            while let Some((at, next)) = open.last_mut() {
                if let Some(&inner) = self.nodes[*at].same.get(*next) {
                    *next += 1;
                    if !std::mem::replace(&mut seen[inner], true) {
                        open.push((inner, 0));
                    }
                } else {
                    order.push(*at);
                    open.pop();
                }
            }
        }
        order
    }
}

/// Levels of an instance that are looked at; JSON is read up to 127.
const DEEPEST: usize = 127;
/// How often schemas may be asked about one value and all that it leads down to.
const MOST: u64 = 100_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_that_do_not_multiply_take_any_depth() {
        let tree = json!({"type": "object", "properties": {
            "left": {"$ref": "#"}, "right": {"$ref": "#"},
            "all": {"type": "array", "items": {"$ref": "#"}},
        }});
        for schema in [json!(true), json!({"type": "string"}), tree] {
            assert_eq!(deepest(&schema), Some(DEEPEST), "{schema}");
        }
    }

    #[test]
    fn a_chain_that_multiplies_at_one_value_takes_none() {
        let mut definitions = serde_json::Map::new();
        for n in 0..25 {
            let next = json!({"$ref": format!("#/$defs/n{}", n + 1)});
            definitions.insert(format!("n{n}"), json!({"allOf": [next, next, next]}));
        }
        definitions.insert("n25".to_owned(), json!({"type": "object"}));
        let schema = json!({"$ref": "#/$defs/n0", "$defs": definitions});
        assert_eq!(deepest(&schema), None);
    }

    #[test]
    fn one_that_multiplies_with_each_level_takes_some() {
        let twice = json!({"properties": {"a": {"$ref": "#"}}});
        let deepest = deepest(&json!({"allOf": [twice, twice]})).expect("some");
        assert!((5..20).contains(&deepest), "{deepest}");
    }

    #[test]
    fn a_schema_that_leads_to_itself_in_place_comes_to_an_end() {
        assert!(deepest(&json!({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]})).is_some());
    }
}
