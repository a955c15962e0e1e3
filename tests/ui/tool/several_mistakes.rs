use openai_tools::tool;

#[tool(nam = "f", timeout = "10", strict, name = "a b")]
unsafe fn f<T>(
    /// Stays out of the way.
    city: &str,
    #[context] pool: &mut u8,
    (a, b): (T, impl Copy),
) -> impl Copy {
    0
}

fn main() {}
