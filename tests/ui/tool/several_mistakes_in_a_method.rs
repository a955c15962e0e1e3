use openai_tools::tool;

struct Calendar;

impl Calendar {
    #[tool(readonly)]
    async fn events(
        &self,
        /// The day.
        #[serde(rename = "day")]
        _: u8,
        #[cfg(unix)] name: &str,
    ) {
    }
}

fn main() {}
