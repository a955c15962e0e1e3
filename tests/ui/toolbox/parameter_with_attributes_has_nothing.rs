use openai_tools::toolbox;

struct City;

struct Weather;

#[toolbox]
impl Weather {
    #[tool]
    fn now(
        &self,
        /// # City
        ///
        /// Where it is.
        city: City,
        #[serde(rename = "else")] other: Vec<City>,
    ) {
        let _ = (city, other);
    }
}

fn main() {}
