use serde_json::{Map, Value, json};

/// Writes JSON Schemas over the whole keyword set of drafts 7 and 2020-12, sensible and senseless
/// ones.
///
/// Every choice is read from bytes, so that a failing case shrinks by shrinking them and a fuzzer
/// can steer it; when they are used up, the simplest is chosen.
#[derive(Debug)]
pub struct Schemas<'a> {
    choices: &'a [u8],
    is_garbled: bool,
}

impl<'a> Schemas<'a> {
    /// Schemas that are JSON Schemas.
    #[must_use]
    pub fn new(choices: &'a [u8]) -> Self {
        Self { choices, is_garbled: false }
    }

    /// Schemas of which some keywords have a value that they cannot have.
    #[must_use]
    pub fn garbled(choices: &'a [u8]) -> Self {
        Self { choices, is_garbled: true }
    }

    /// The next document: a schema with definitions that it may refer to.
    pub fn document(&mut self) -> Value {
        let draft = match self.below(6) {
            4 => Some("http://json-schema.org/draft-07/schema#"),
            5 => Some("https://json-schema.org/draft/2020-12/schema"),
            _ => None,
        };
        let Value::Object(root) = self.schema(0) else { return self.below(2).eq(&0).into() };
        let mut document = Map::new();
        document.extend(draft.map(|draft| ("$schema".to_owned(), draft.into())));
        if self.one_in(8) {
            document.insert("$id".to_owned(), "https://example.com/root".into());
        }
        document.extend(root);
        let definitions = |this: &mut Self| -> Value {
            ["A", "B"].map(|name| (name.to_owned(), this.schema(1))).into_iter().collect()
        };
        let defined = [definitions(self), definitions(self)];
        document.extend(["$defs", "definitions"].map(str::to_owned).into_iter().zip(defined));
        document.into()
    }

    /// Any small JSON.
    pub fn json(&mut self, depth: usize) -> Value {
        let kinds = if depth > 3 { 7 } else { 9 };
        match self.below(kinds) {
            0 => Value::Null,
            1 => (self.below(2) == 1).into(),
            2 => json!(self.below(5)),
            3 => self.number(),
            4..=6 => self.pick(TEXTS).into(),
            7 => (0..self.below(4)).map(|_| self.json(depth + 1)).collect(),
            _ => {
                let entry = |this: &mut Self| (this.pick(NAMES).to_owned(), this.json(depth + 1));
                (0..self.below(4)).map(|_| entry(self)).collect()
            }
        }
    }

    fn schema(&mut self, depth: usize) -> Value {
        let forms = if depth > DEEPEST { 12 } else { 30 };
        let mut map = Map::new();
        match self.below(forms) {
            0 => self.typed(&mut map, "string", &["pattern", "format", "minLength", "maxLength"]),
            1 => self.typed(&mut map, "integer", NUMBERS),
            2 => self.typed(&mut map, "number", NUMBERS),
            3 => self.typed(&mut map, "boolean", &["const", "enum"]),
            4 => self.typed(&mut map, "null", &["const"]),
            5 => self.put(&mut map, "type", depth),
            6 => self.put(&mut map, "const", depth),
            7 => self.put(&mut map, "enum", depth),
            8 => self.put(&mut map, "$ref", depth),
            9 => return self.pick(&[true, false]).into(),
            10 => {}
            11 => {
                self.put(&mut map, "$ref", depth);
                self.put_any(&mut map, depth);
            }
            12..=14 => self.object(&mut map, depth),
            15 => {
                map.insert("type".to_owned(), "object".into());
                self.put(&mut map, "additionalProperties", depth);
                self.some_of(&mut map, MAPS, depth);
            }
            16..=17 => {
                map.insert("type".to_owned(), "array".into());
                self.put(&mut map, "items", depth);
                self.some_of(&mut map, ARRAYS, depth);
            }
            18 => {
                map.insert("type".to_owned(), "array".into());
                let keyword = self.pick(&["prefixItems", "items[]"]);
                self.put(&mut map, keyword, depth);
                self.some_of(&mut map, ARRAYS, depth);
            }
            19..=20 => self.put(&mut map, "anyOf", depth),
            21 => self.put(&mut map, "oneOf", depth),
            22 => self.put(&mut map, "allOf", depth),
            23 => {
                self.object(&mut map, depth);
                let keyword = self.pick(&["anyOf", "oneOf", "allOf", "not", "if"]);
                self.put(&mut map, keyword, depth);
            }
            24 => {
                self.put(&mut map, "if", depth);
                self.put(&mut map, "then", depth);
                self.put(&mut map, "else", depth);
            }
            _ => {
                for _ in 0..=self.below(4) {
                    self.put_any(&mut map, depth);
                }
            }
        }
        if self.one_in(4) {
            self.some_of(&mut map, NOTES, depth);
        }
        if self.one_in(10) {
            self.put_any(&mut map, depth);
        }
        map.into()
    }

    fn typed(&mut self, map: &mut Map<String, Value>, kind: &str, keywords: &[&str]) {
        map.insert("type".to_owned(), kind.into());
        self.some_of(map, keywords, DEEPEST);
    }

    fn object(&mut self, map: &mut Map<String, Value>, depth: usize) {
        map.insert("type".to_owned(), "object".into());
        self.put(map, "properties", depth);
        self.put(map, "required", depth);
        self.some_of(map, OBJECTS, depth);
    }

    fn some_of(&mut self, map: &mut Map<String, Value>, keywords: &[&str], depth: usize) {
        for keyword in keywords {
            if self.one_in(5) {
                self.put(map, keyword, depth);
            }
        }
    }

    fn put_any(&mut self, map: &mut Map<String, Value>, depth: usize) {
        let of_two = |this: &mut Self| this.pick(&[OBJECTS, ARRAYS, NUMBERS, OTHERS]);
        let keyword = of_two(self);
        let keyword = self.pick(keyword);
        self.put(map, keyword, depth);
    }

    fn put(&mut self, map: &mut Map<String, Value>, keyword: &str, depth: usize) {
        let value = if self.is_garbled && self.one_in(12) {
            self.json(depth)
        } else {
            self.value(keyword, depth + 1)
        };
        map.insert(keyword.trim_end_matches("[]").to_owned(), value);
    }

    /// A value that a keyword can have.
    fn value(&mut self, keyword: &str, depth: usize) -> Value {
        match keyword {
            "type" if self.below(2) == 0 => self.pick(TYPES).into(),
            "type" => {
                let mut kinds: Vec<&str> = Vec::new();
                for _ in 0..=self.below(3) {
                    let kind = self.pick(TYPES);
                    if !kinds.contains(&kind) {
                        kinds.push(kind);
                    }
                }
                kinds.into()
            }
            "enum" => (0..=self.below(4)).map(|_| self.json(1)).collect(),
            "const" | "default" => self.json(1),
            "examples" => (0..self.below(3)).map(|_| self.json(1)).collect(),
            "$ref" => self.pick(REFERENCES).into(),
            "$anchor" => "anchor".into(),
            "$id" => self.pick(&["inner", "https://example.com/inner", "#anchor"]).into(),
            "description" | "title" | "$comment" => self.pick(TEXTS).into(),
            "pattern" => self.pick(PATTERNS).into(),
            "format" => self.pick(FORMATS).into(),
            "contentEncoding" => "base64".into(),
            "contentMediaType" => "application/json".into(),
            "nullable" | "uniqueItems" | "deprecated" | "readOnly" => (self.below(4) != 3).into(),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => self.number(),
            "multipleOf" => self.pick(&[json!(1), json!(2), json!(0.5), json!(3.0)]),
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties"
            | "maxProperties" | "minContains" | "maxContains" => {
                self.pick(&[json!(0), json!(1), json!(2), json!(3), json!(2.0), json!(1000)])
            }
            "required" => self.names().into(),
            "properties" | "$defs" | "definitions" => {
                let entry = |this: &mut Self| (this.pick(NAMES).to_owned(), this.schema(depth));
                (0..self.below(4)).map(|_| entry(self)).collect()
            }
            "patternProperties" => {
                let entry = |this: &mut Self| (this.pick(PATTERNS).to_owned(), this.schema(depth));
                (0..=self.below(2)).map(|_| entry(self)).collect()
            }
            "dependentSchemas" => {
                Map::from_iter([(self.pick(NAMES).to_owned(), self.schema(depth))]).into()
            }
            "dependentRequired" => {
                Map::from_iter([(self.pick(NAMES).to_owned(), self.names().into())]).into()
            }
            "dependencies" if self.below(2) == 0 => self.value("dependentRequired", depth),
            "dependencies" => self.value("dependentSchemas", depth),
            "allOf" | "anyOf" | "oneOf" | "prefixItems" | "items[]" => {
                (0..=self.below(3)).map(|_| self.schema(depth)).collect()
            }
            _ => self.schema(depth),
        }
    }

    fn names(&mut self) -> Vec<&'static str> {
        let mut names: Vec<&str> = Vec::new();
        for _ in 0..self.below(4) {
            let name = self.pick(NAMES);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn number(&mut self) -> Value {
        self.pick(&[
            json!(0),
            json!(1),
            json!(-1),
            json!(3),
            json!(2.0),
            json!(0.5),
            json!(-2.25),
            json!(100),
            json!(9_007_199_254_740_993_u64),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(1e300),
        ])
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    fn below(&mut self, end: usize) -> usize {
        let Some((first, rest)) = self.choices.split_first() else { return 0 };
        self.choices = rest;
        usize::from(*first) % end
    }
}

const DEEPEST: usize = 4;

const TYPES: &[&str] = &["string", "integer", "number", "boolean", "null", "array", "object"];
const NUMBERS: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "format",
    "enum",
    "const",
];
const ARRAYS: &[&str] = &[
    "items",
    "items[]",
    "prefixItems",
    "additionalItems",
    "contains",
    "minContains",
    "maxContains",
    "minItems",
    "maxItems",
    "uniqueItems",
    "unevaluatedItems",
];
const MAPS: &[&str] = &["patternProperties", "propertyNames", "minProperties", "maxProperties"];
const OBJECTS: &[&str] = &[
    "additionalProperties",
    "patternProperties",
    "properties",
    "required",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
];
const NOTES: &[&str] =
    &["description", "title", "default", "examples", "deprecated", "readOnly", "$comment"];
const OTHERS: &[&str] = &[
    "type",
    "const",
    "enum",
    "$ref",
    "$anchor",
    "$id",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "nullable",
    "pattern",
    "format",
    "minLength",
    "maxLength",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "$defs",
    "definitions",
    "x-unknown",
    "unheardOf",
    "default",
];

/// Among them the names that the codec gives to what it writes.
const NAMES: &[&str] =
    &["a", "b", "c", "key", "value", "item_0", "rest", "other_properties", "", "~/%", "$ref", "é"];
const TEXTS: &[&str] = &["a", "", "b", "ab", "x-1", "{\"a\":1}", "null", "key", "1", "Grüße", "["];
const PATTERNS: &[&str] =
    &["^a", "b$", "^[ab]+$", "", "^x-", "^(?=a)", "^(?!b)", "\\d", "é", "^.{2}$"];
const FORMATS: &[&str] =
    &["date", "date-time", "uuid", "email", "uri", "regex", "int32", "uint64", "double", "made-up"];
const REFERENCES: &[&str] = &[
    "#/$defs/A",
    "#/definitions/A",
    "#/$defs/B",
    "#/definitions/B",
    "#",
    "#/properties/a",
    "#anchor",
    "https://example.com/root#/$defs/A",
    "https://example.com/root",
    "#/items",
    "#/%24defs/A",
    "#/$defs/A/properties/b",
    "#/$defs/Gone",
    "other.json",
];
