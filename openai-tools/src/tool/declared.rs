use std::fmt;

use serde_json::Value;

use super::{definition::ToolDefinition, form::ToolForm, settings::ToolSettings, traits::define};
use crate::{
    error::Error,
    schema::{SchemaError, check_fields, field::FieldSchema, generate_object},
};

#[cfg(feature = "dispatch")]
use super::{
    context::ToolContext,
    dynamic::{DynTool, Work, refused},
};
#[cfg(feature = "dispatch")]
use crate::schema::Problem;

/// What a macro says of a tool that is no type: data, so that nothing of it is compiled for each
/// tool.
pub struct Declared {
    /// What the model calls it.
    pub name: &'static str,
    /// What the model is told that it does.
    pub description: Option<&'static str>,
    /// Whether the schema is sent in strict mode.
    pub strict: bool,
    /// How it is run.
    pub settings: ToolSettings,
    /// The schema of the JSON that outputs hold, if it is known.
    pub output_schema: fn() -> Option<Value>,
    /// What it takes.
    pub parameters: Parameters,
}

/// Where the schema of the parameters comes from.
#[non_exhaustive]
#[derive(Debug)]
pub enum Parameters {
    /// From each of them.
    Fields {
        /// In order.
        fields: &'static [FieldSchema],
    },
    /// From a type that has them as fields.
    Type {
        /// Makes the schema.
        generate: fn() -> Result<Value, SchemaError>,
    },
    /// From either, of a tool that is offered in a form of its own.
    Formed {
        /// Makes the form.
        form: fn() -> Result<ToolForm, Error>,
        /// What it takes.
        parameters: &'static Parameters,
    },
}

impl Parameters {
    fn form(&self) -> Result<ToolForm, Error> {
        match self {
            Self::Formed { form, .. } => form(),
            Self::Fields { .. } | Self::Type { .. } => Ok(ToolForm::new()),
        }
    }

    fn schema(&self) -> Result<Value, SchemaError> {
        match self {
            Self::Fields { fields } => {
                let schema = generate_object(fields);
                check_fields(fields, &schema).map(|()| schema)
            }
            Self::Type { generate } => generate(),
            Self::Formed { parameters, .. } => parameters.schema(),
        }
    }
}

impl Declared {
    /// What the model is told.
    ///
    /// # Errors
    ///
    /// Kind [`Definition`](crate::ErrorKind::Definition) if a parameter has no faithful form in
    /// strict mode.
    pub fn definition(&self) -> Result<ToolDefinition, Error> {
        let Self { name, description, strict, output_schema, parameters, .. } = self;
        let form = parameters.form()?;
        define(name, *description, *strict, form, output_schema(), parameters.schema())
    }

    /// The tool whose calls are made by `call`.
    ///
    /// # Errors
    ///
    /// As [`definition`](Self::definition).
    #[cfg(feature = "dispatch")]
    pub fn tool<C: Send + Sync + 'static>(
        &self,
        call: impl Fn(&Value, ToolContext<C>) -> Result<Work, Problem> + Send + Sync + 'static,
    ) -> Result<DynTool<C>, Error> {
        let definition = self.definition()?;
        let tool = DynTool::from_handler(definition, move |arguments, context| {
            call(&arguments, context).unwrap_or_else(refused)
        });
        Ok(tool.with_settings(self.settings.clone()))
    }
}

impl fmt::Debug for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Declared").field("name", &self.name).finish_non_exhaustive()
    }
}
