use std::{borrow::Cow, fmt, sync::Arc};

use serde::{Deserialize, Serialize, Serializer, ser::SerializeStruct};
use serde_json::{Map, Value};

use super::{
    custom,
    form::{Builtin, Caller, CustomFormat, Namespace, ToolForm},
    kind::CallKind,
};
use crate::{
    error::{Error, ErrorKind},
    ids::ToolName,
    json::first_characters,
    schema::{Checker, Contract, Profile, SchemaError, nearest},
};

/// What the model is told of a tool: name, description, parameters, and whether they are strict.
///
/// A value of this type is sound: the name is legal, the parameters are a schema for objects, and
/// one that was converted for strict mode lies within OpenAI's subset. Definitions that come as
/// JSON and claim to be strict are held to that subset as well. Its JSON form is OpenAI's function
/// object (schema `FunctionObject`), so it can be sent by any client:
///
/// ```
/// use openai_tools::ToolDefinition;
/// use serde_json::json;
///
/// let definition = ToolDefinition::new(
///     "get_weather",
///     json!({"type": "object", "properties": {"city": {"type": "string"}}}),
/// )
/// .with_description("Current weather in one city.")
/// .build()?;
/// assert_eq!(
///     serde_json::to_value(&definition)?,
///     json!({
///         "name": "get_weather",
///         "description": "Current weather in one city.",
///         "parameters": {
///             "type": "object",
///             // Not required before: now the model may say null.
///             "properties": {"city": {"type": ["string", "null"]}},
///             "required": ["city"],
///             "additionalProperties": false,
///         },
///         "strict": true,
///     })
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct ToolDefinition {
    name: ToolName,
    description: Option<String>,
    parameters: Contract,
    output_schema: Option<Value>,
    form: ToolForm,
    /// What the text of a custom tool stands for.
    pub(super) text_parameter: Option<String>,
}

impl ToolDefinition {
    /// Starts a definition from a name and a JSON Schema for the arguments, strict by default.
    #[must_use = "the definition is made by `build`"]
    #[expect(clippy::new_ret_no_self, reason = "a definition is checked when it is built")]
    pub fn new(name: &str, parameters: Value) -> ToolDefinitionBuilder {
        ToolDefinitionBuilder {
            name: name.to_owned(),
            description: None,
            parameters,
            strict: Strictness::Converted,
            profile: Profile::openai_strict(),
            output_schema: None,
            form: ToolForm::new(),
        }
    }

    /// Starts a custom tool: the model writes a text in place of JSON. Its one parameter, under
    /// which handlers find the text, is called `input`. Default format: any text.
    ///
    /// ```
    /// use openai_tools::{DynTool, ToolDefinition, ToolError, Toolbox};
    ///
    /// let dial = ToolDefinition::custom("dial")
    ///     .with_description("Calls a number.")
    ///     .with_regex("[0-9]+")
    ///     .build()?;
    /// let dial = DynTool::custom(dial, |number, _context| async move {
    ///     Ok::<_, ToolError>(format!("{number} is busy"))
    /// });
    /// let tools = Toolbox::new().with(dial)?;
    /// # assert_eq!(tools.len(), 1);
    /// # Ok::<(), openai_tools::Error>(())
    /// ```
    #[must_use = "the definition is made by `build`"]
    pub fn custom(name: &str) -> ToolDefinitionBuilder {
        let form = ToolForm::new().with_custom(CustomFormat::Text);
        Self::new(name, custom::parameters()).with_form(form)
    }

    /// Reads one definition in OpenAI's JSON: the chat form
    /// `{"type": "function", "function": {…}}`, the flat form of responses, or the bare function
    /// object; or a custom tool in either form. The schema is kept as it stands; `strict` left out means not strict, as it does on
    /// chat completions.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): not such an object, a bad name, parameters that
    /// are no JSON Schema for an object, or `strict: true` with a schema outside the subset of
    /// [`Profile::openai_strict`], which servers refuse; the source names each place and remedy.
    pub fn from_json(json: &Value) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct FunctionObject {
            name: String,
            description: Option<String>,
            parameters: Option<Value>,
            strict: Option<bool>,
            output_schema: Option<Value>,
            format: Option<Value>,
            #[serde(default)]
            defer_loading: Option<bool>,
            #[serde(default)]
            allowed_callers: Option<Vec<Caller>>,
        }
        let refuse = |why: String| Error::new(ErrorKind::Definition, why);
        let kind = json.get("type").and_then(Value::as_str).unwrap_or("function");
        let is_custom = kind == "custom";
        if !is_custom && kind != "function" {
            return Err(refuse(format!(
                "a tool of type `{kind}`; only tools of type `function` or `custom` can be defined \
                 here"
            )));
        }
        let object = json.get(kind).unwrap_or(json);
        let mistaken = object.as_object().filter(|_| !is_custom).and_then(mistaken_parameters);
        if let Some(key) = mistaken {
            return Err(refuse(format!("there is no `parameters`; rename `{key}` to it")));
        }
        let object = FunctionObject::deserialize(object)
            .map_err(|e| refuse("expected OpenAI's function object".to_owned()).with_source(e))?;
        let mut form = ToolForm::new()
            .with_defer_loading(object.defer_loading.unwrap_or(false))
            .with_allowed_callers(object.allowed_callers.unwrap_or_default());
        let parameters = if is_custom {
            let format = CustomFormat::from_json(object.format.as_ref());
            form = form.with_custom(format.ok_or_else(|| {
                refuse("the `format` is neither a text nor a grammar of lark or regex".to_owned())
            })?);
            custom::parameters()
        } else {
            object.parameters.unwrap_or_else(no_parameters)
        };
        let strict = match object.strict {
            Some(true) => Strictness::Claimed,
            _ => Strictness::Off,
        };
        ToolDefinitionBuilder {
            name: object.name,
            description: object.description,
            parameters,
            strict,
            profile: Profile::openai_strict(),
            output_schema: object.output_schema,
            form,
        }
        .build()
    }

    /// The name by which the model calls the tool.
    #[must_use]
    pub fn name(&self) -> &ToolName {
        &self.name
    }

    /// What the model is told the tool does.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The schema of the arguments, as it is sent.
    #[must_use]
    pub fn parameters(&self) -> &Value {
        self.parameters.sent()
    }

    /// Whether the model is held to the schema by the server.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.parameters.is_strict()
    }

    /// What is sent, what is accepted, and what the conversion to strict mode lost.
    #[must_use]
    pub fn contract(&self) -> &Contract {
        &self.parameters
    }

    /// The form in which it is offered.
    #[must_use]
    pub fn form(&self) -> &ToolForm {
        &self.form
    }

    /// What its calls ask for.
    #[must_use]
    pub fn kind(&self) -> CallKind {
        match &self.form {
            ToolForm { builtin: Some(Builtin { kind, .. }), .. } => kind.clone(),
            ToolForm { custom: Some(_), .. } => CallKind::Custom,
            _ => CallKind::Function,
        }
    }

    pub(crate) fn as_builtin(&self) -> Option<&Builtin> {
        self.form.builtin.as_ref()
    }

    /// The name with that of the namespace before it and a dot between them, if there is one: two
    /// tools in a toolbox differ in it.
    #[must_use]
    pub fn full_name(&self) -> Cow<'_, str> {
        match &self.form.namespace {
            Some(namespace) => format!("{}.{}", namespace.name(), self.name).into(),
            None => self.name.as_str().into(),
        }
    }

    /// The schema of the JSON that outputs hold, if it is known. It is told to the model only where
    /// the API has a place for it: the Responses API has, chat completions has not.
    #[must_use]
    pub fn output_schema(&self) -> Option<&Value> {
        self.output_schema.as_ref()
    }

    /// Compiles the check of arguments; keep it, compiling is not cheap.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition) if the schema cannot be compiled, by an illegal
    /// pattern for example.
    pub fn checker(&self) -> Result<Checker, Error> {
        self.parameters.checker().map_err(|e| {
            Error::new(ErrorKind::Definition, format!("tool `{}`", self.name)).with_source(e)
        })
    }

    /// The same tool under another name.
    #[must_use]
    pub fn renamed(mut self, name: ToolName) -> Self {
        self.name = name;
        self
    }

    /// One that the API knows by its kind: its calls hold the fields of an object, which the tool
    /// reads for itself.
    #[cfg(feature = "client")]
    pub(super) fn builtin(builtin: Builtin) -> Self {
        let any_object = serde_json::json!({"type": "object"});
        Self {
            name: ToolName::parse(builtin.kind.as_str()).expect("kinds are words of letters"),
            description: None,
            parameters: Contract::given(any_object, false).expect("any object will do"),
            output_schema: None,
            form: ToolForm { builtin: Some(builtin), ..ToolForm::new() },
            text_parameter: None,
        }
    }

    /// The same tool in a namespace.
    #[cfg(feature = "dispatch")]
    pub(super) fn in_namespace(mut self, namespace: Arc<Namespace>) -> Self {
        self.form.namespace = Some(namespace);
        self
    }

    /// The same tool, described otherwise.
    pub(super) fn described(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}

impl fmt::Debug for ToolDefinition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolDefinition")
            .field("name", &self.name)
            .field("description", &self.description)
            .field("strict", &self.is_strict())
            .field("parameters", self.parameters())
            .field("output_schema", &self.output_schema)
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

/// OpenAI's function object; of a custom tool the flat form with its `type`.
impl Serialize for ToolDefinition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(format) = &self.form.custom {
            let mut object = serializer.serialize_struct("CustomTool", 4)?;
            object.serialize_field("type", "custom")?;
            object.serialize_field("name", &self.name)?;
            match &self.description {
                Some(description) => object.serialize_field("description", description)?,
                None => object.skip_field("description")?,
            }
            object.serialize_field("format", format)?;
            return object.end();
        }
        let mut object = serializer.serialize_struct("FunctionObject", 4)?;
        object.serialize_field("name", &self.name)?;
        match &self.description {
            Some(description) => object.serialize_field("description", description)?,
            None => object.skip_field("description")?,
        }
        object.serialize_field("parameters", self.parameters())?;
        object.serialize_field("strict", &self.is_strict())?;
        object.end()
    }
}

/// Builds a [`ToolDefinition`]; made by [`ToolDefinition::new`].
#[derive(Clone, Debug)]
pub struct ToolDefinitionBuilder {
    name: String,
    description: Option<String>,
    parameters: Value,
    strict: Strictness,
    profile: Profile,
    output_schema: Option<Value>,
    form: ToolForm,
}

impl ToolDefinitionBuilder {
    /// Tells the model what the tool does and when to use it.
    #[must_use]
    pub fn with_description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Whether the schema is converted for strict mode (default) or sent as it stands.
    #[must_use]
    pub fn with_strict(mut self, strict: bool) -> Self {
        self.strict = if strict { Strictness::Converted } else { Strictness::Off };
        self
    }

    /// The limits and keywords that the server's strict mode knows. Default:
    /// [`Profile::openai_strict`].
    #[must_use]
    pub fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Says which JSON the outputs hold, as a JSON Schema, which is told as it stands.
    #[must_use]
    pub fn with_output_schema(mut self, schema: Value) -> Self {
        self.output_schema = Some(schema);
        self
    }

    /// Replaces the form in which the tool is offered. Default: [`ToolForm::new`].
    #[must_use]
    pub fn with_form(mut self, form: ToolForm) -> Self {
        self.form = form;
        self
    }

    /// Makes it a custom tool whose text follows a grammar in the syntax of Lark.
    #[must_use]
    pub fn with_lark(mut self, grammar: impl Into<Cow<'static, str>>) -> Self {
        self.form.custom = Some(CustomFormat::Lark(grammar.into()));
        self
    }

    /// Makes it a custom tool whose whole text matches a regular expression, in the syntax of
    /// Rust's `regex`.
    #[must_use]
    pub fn with_regex(mut self, expression: impl Into<Cow<'static, str>>) -> Self {
        self.form.custom = Some(CustomFormat::Regex(expression.into()));
        self
    }

    /// Puts the tool into a namespace; see [`ToolForm::with_namespace`].
    #[must_use]
    pub fn with_namespace(mut self, namespace: impl Into<Arc<Namespace>>) -> Self {
        self.form.namespace = Some(namespace.into());
        self
    }

    /// Whether the model has to look for the tool; see [`ToolForm::with_defer_loading`].
    #[must_use]
    pub fn with_defer_loading(mut self, defer_loading: bool) -> Self {
        self.form.defer_loading = defer_loading;
        self
    }

    /// Who may call the tool; see [`ToolForm::with_allowed_callers`].
    #[must_use]
    pub fn with_allowed_callers(mut self, callers: impl IntoIterator<Item = Caller>) -> Self {
        self.form.allowed_callers = callers.into_iter().collect();
        self
    }

    /// Checks the name and the schema.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](ErrorKind::Definition): an illegal name, parameters that are not an
    /// object schema (in strict mode these stand under one property, `value`, and are taken out of it
    /// again), a custom tool with more than one parameter or with one that is no string, or a schema
    /// without a faithful form in strict mode. The source names each place and remedy; `Display`
    /// names the tool and the first reason.
    pub fn build(self) -> Result<ToolDefinition, Error> {
        let name = ToolName::parse(&self.name)
            .map_err(|e| Error::new(ErrorKind::Definition, "the tool's name").with_source(e))?;
        let refuse = |error: SchemaError| refused(name.as_str(), error);
        if let Some(format) = &self.form.custom {
            let (parameters, parameter) =
                custom::contract(self.parameters, format).map_err(refuse)?;
            let Self { description, output_schema, form, .. } = self;
            let text_parameter = Some(parameter);
            return Ok(ToolDefinition {
                name,
                description,
                parameters,
                output_schema,
                form,
                text_parameter,
            });
        }
        let parameters = match self.strict {
            Strictness::Converted => Contract::strict(&self.parameters, &self.profile),
            Strictness::Claimed => Contract::claimed(self.parameters, &self.profile),
            Strictness::Off => Contract::given(self.parameters, false),
        }
        .and_then(Contract::for_arguments)
        .map_err(refuse)?;
        let Self { description, output_schema, form, .. } = self;
        Ok(ToolDefinition {
            name,
            description,
            parameters,
            output_schema,
            form,
            text_parameter: None,
        })
    }
}

/// A schema that cannot be that of a tool's parameters. The first reason is told at once, all of them
/// by the source.
pub(super) fn refused(name: &str, error: SchemaError) -> Error {
    Error::new(ErrorKind::Definition, format!("tool `{name}`: {}", error.first()))
        .with_source(error)
}

/// The schema of a tool without parameters.
pub(crate) fn no_parameters() -> Value {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), Map::new().into());
    schema.insert("required".to_owned(), Vec::<Value>::new().into());
    schema.insert("additionalProperties".to_owned(), false.into());
    schema.into()
}

#[derive(Clone, Copy, Debug)]
enum Strictness {
    /// The schema is converted into the strict subset.
    Converted,
    /// The schema says that it is strict already and is sent as it stands.
    Claimed,
    Off,
}
/// The key that stands where `parameters` should, in a function object that has none: without this
/// such a tool would seem to take no arguments.
pub(crate) fn mistaken_parameters(function: &Map<String, Value>) -> Option<&str> {
    if function.get("parameters").is_some_and(|given| !given.is_null()) {
        return None;
    }
    let looks_like_it = |key: &str, value: &Value| {
        value.is_object()
            || nearest(key, ["inputSchema", "input_schema", "parameters"].into_iter()).is_some()
    };
    function
        .iter()
        .filter(|(key, _)| !OTHER_KEYS.contains(&key.as_str()))
        .find(|(key, value)| looks_like_it(key, value))
        // It need not be a word.
        .map(|(key, _)| first_characters(key, 40))
}

/// What else stands in function objects: of OpenAI's document, of MCP's, and of servers between.
const OTHER_KEYS: &[&str] = &[
    "_meta",
    "allowed_callers",
    "annotations",
    "cache_control",
    "defer_loading",
    "description",
    "execution",
    "function",
    "icons",
    "name",
    "outputSchema",
    "output_schema",
    "strict",
    "title",
    "type",
];
