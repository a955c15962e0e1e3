//! Spans of what happens, in the terms of OpenTelemetry's conventions for generative AI; nothing at all without
//! the feature `tracing`. Ids, counts and words only: no prompt, arguments or outputs.

#[cfg(not(feature = "tracing"))]
pub(crate) use self::off::{Observe, Span};
#[cfg(feature = "tracing")]
pub(crate) use self::on::{Observe, Span};

#[cfg(feature = "tracing")]
mod on {
    use tracing::{Instrument, field::Empty, info_span, instrument::Instrumented};

    #[derive(Clone, Debug)]
    pub(crate) struct Span(tracing::Span);

    impl Span {
        #[cfg(feature = "client")]
        pub(crate) fn run(model: &str) -> Self {
            Self(info_span!(
                "run",
                otel.name = "invoke_agent",
                gen_ai.operation.name = "invoke_agent",
                gen_ai.request.model = model,
                gen_ai.usage.input_tokens = Empty,
                gen_ai.usage.output_tokens = Empty,
                openai_tools.outcome = Empty,
                error.type = Empty,
            ))
        }

        #[cfg(feature = "client")]
        pub(crate) fn turn(model: &str) -> Self {
            Self(info_span!(
                "turn",
                otel.name = %format_args!("chat {model}"),
                gen_ai.operation.name = "chat",
                gen_ai.provider.name = "openai",
                gen_ai.request.model = model,
                gen_ai.response.model = Empty,
                gen_ai.response.id = Empty,
                gen_ai.response.finish_reasons = Empty,
                gen_ai.usage.input_tokens = Empty,
                gen_ai.usage.output_tokens = Empty,
                error.type = Empty,
            ))
        }

        #[cfg(feature = "client")]
        pub(crate) fn attempt(number: u32) -> Self {
            Self(
                info_span!("attempt", number, http.response.status_code = Empty, error.type = Empty),
            )
        }

        pub(crate) fn tool_call(tool: &str, call_id: &str) -> Self {
            Self(info_span!(
                "tool_call",
                otel.name = %format_args!("execute_tool {tool}"),
                gen_ai.operation.name = "execute_tool",
                gen_ai.tool.name = tool,
                gen_ai.tool.call.id = call_id,
                gen_ai.tool.type = "function",
                error.type = Empty,
            ))
        }

        pub(crate) fn word(&self, field: &'static str, value: &str) {
            self.0.record(field, value);
        }

        #[cfg(feature = "client")]
        pub(crate) fn number(&self, field: &'static str, value: u64) {
            self.0.record(field, value);
        }
    }

    /// Runs a future inside a span.
    pub(crate) trait Observe: Future + Sized {
        fn observed(self, span: &Span) -> Instrumented<Self> {
            self.instrument(span.0.clone())
        }
    }

    impl<F: Future> Observe for F {}
}

#[cfg(not(feature = "tracing"))]
#[cfg_attr(
    not(feature = "dispatch"),
    allow(dead_code, reason = "nothing happens without dispatch")
)]
mod off {
    #[derive(Clone, Debug)]
    pub(crate) struct Span;

    #[expect(clippy::unused_self, reason = "the twin of a span that is recorded")]
    impl Span {
        #[cfg(feature = "client")]
        pub(crate) fn run(_: &str) -> Self {
            Self
        }

        #[cfg(feature = "client")]
        pub(crate) fn turn(_: &str) -> Self {
            Self
        }

        #[cfg(feature = "client")]
        pub(crate) fn attempt(_: u32) -> Self {
            Self
        }

        pub(crate) fn tool_call(_: &str, _: &str) -> Self {
            Self
        }

        pub(crate) fn word(&self, _: &'static str, _: &str) {}

        #[cfg(feature = "client")]
        pub(crate) fn number(&self, _: &'static str, _: u64) {}
    }

    pub(crate) trait Observe: Future + Sized {
        fn observed(self, _: &Span) -> Self {
            self
        }
    }

    impl<F: Future> Observe for F {}
}
