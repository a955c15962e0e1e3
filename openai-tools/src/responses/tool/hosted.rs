//! Tools that the server runs, and those of the shell.

use std::collections::BTreeMap;

use super::super::{
    AllowedCaller, Json, Number, Plain,
    macros::{forms, kinds, objects},
};

forms! {
    /// Where code runs.
    pub enum CodeInterpreterContainer {
        /// In the container of an id.
        Id(String),
        /// In one that the server makes.
        Auto(AutoContainer),
    }

    /// Which tools of an MCP server the model may call.
    pub enum McpAllowed {
        /// Those of these names.
        Names(Vec<String>),
        /// Those that a filter lets through.
        Filter(McpToolFilter),
    }

    /// Which calls of an MCP server need an approval.
    pub enum McpApprovals {
        /// All (`always`) or none (`never`).
        Word(String),
        /// Those that rules name.
        Rules(McpApprovalRules),
    }
}

kinds! {
    /// What a container may reach.
    pub enum NetworkPolicy {
        /// Some hosts.
        Allowlist(NetworkAllowlist) = "allowlist",
        /// Nothing.
        Disabled(Plain) = "disabled",
    }

    /// Where a shell runs.
    pub enum ShellToolEnvironment {
        /// In a container that the server makes.
        ContainerAuto(AutoContainer) = "container_auto",
        /// In the container of an id.
        ContainerReference(ContainerReference) = "container_reference",
        /// At the application.
        Local(LocalEnvironment) = "local",
    }

    /// What a container has beside its programs.
    pub enum Skill {
        /// One that is sent with the request.
        Inline(InlineSkill) = "inline",
        /// One that was uploaded.
        Reference(SkillReference) = "skill_reference",
    }
}

objects! {
    /// Searches files.
    pub struct FileSearchTool = "file_search" {
        /// Where.
        vector_store_ids: Vec<String>,
    } optional {
        /// The most results, 1 to 50.
        max_num_results: u64,
        /// How results are ordered.
        ranking_options: RankingOptions,
        /// Which files, by what the application has noted at them.
        filters: Json,
    }

    /// How results are ordered.
    pub struct RankingOptions {} optional {
        /// By what, such as `auto`.
        ranker: String,
        /// The worst that is shown, from 0 to 1.
        score_threshold: Number,
        /// What counts how much where meaning and words are both searched.
        hybrid_search: HybridSearch,
    }

    /// What counts how much.
    pub struct HybridSearch {
        /// Meaning.
        embedding_weight: Number,
        /// Words.
        text_weight: Number,
    }

    /// Acts at a computer, the older form.
    pub struct ComputerUsePreviewTool = "computer_use_preview" {
        /// What kind, such as `browser` or `linux`.
        environment: String,
        /// Its width in pixels.
        display_width: u64,
        /// Its height in pixels.
        display_height: u64,
    }

    /// Searches the web.
    pub struct WebSearchTool {} optional {
        /// Whether pages are fetched now, and not only what is cached.
        external_web_access: bool,
        /// Where.
        filters: WebSearchFilters,
        /// About where the user is.
        user_location: ApproximateLocation,
        /// How much of what is found the model reads: `low`, `medium` or `high`.
        search_context_size: String,
    }

    /// Where the web is searched.
    pub struct WebSearchFilters {} optional {
        /// In these domains alone, with all below them.
        allowed_domains: Vec<String>,
    }

    /// Searches the web, the older form.
    pub struct WebSearchPreviewTool {} optional {
        /// About where the user is.
        user_location: ApproximateLocation,
        /// How much of what is found the model reads: `low`, `medium` or `high`.
        search_context_size: String,
        /// What is searched: `text`, `image`.
        search_content_types: Vec<String>,
    }

    /// About where somebody is.
    pub struct ApproximateLocation {} optional {
        /// How it is known; the document knows `approximate`.
        r#type: String,
        /// The country in two letters.
        country: String,
        /// The region.
        region: String,
        /// The city.
        city: String,
        /// The time zone, such as `Asia/Ho_Chi_Minh`.
        timezone: String,
    }

    /// The tools of an MCP server.
    pub struct McpTool = "mcp" {
        /// What its calls call it.
        server_label: String,
    } optional {
        /// Where it is.
        server_url: String,
        /// One of OpenAI's connectors instead.
        connector_id: String,
        /// One behind a tunnel instead.
        tunnel_id: String,
        /// A token for it. It is secret.
        authorization: String,
        /// What it is for.
        server_description: String,
        /// Headers for it. They can be secret.
        headers: BTreeMap<String, String>,
        /// Which of its tools the model may call.
        allowed_tools: McpAllowed,
        /// Who may call them.
        allowed_callers: Vec<AllowedCaller>,
        /// Which calls need an approval; all by default.
        require_approval: McpApprovals,
        /// Whether the model has to search for them first.
        defer_loading: bool,
    }

    /// Which tools of an MCP server are meant.
    pub struct McpToolFilter {} optional {
        /// Those of these names.
        tool_names: Vec<String>,
        /// Those that change nothing, or those that do.
        read_only: bool,
    }

    /// Which calls of an MCP server need an approval.
    pub struct McpApprovalRules {} optional {
        /// These do.
        always: McpToolFilter,
        /// These do not.
        never: McpToolFilter,
    }

    /// Runs code.
    pub struct CodeInterpreterTool = "code_interpreter" {
        /// Where.
        container: CodeInterpreterContainer,
    } optional {
        /// Who may call it.
        allowed_callers: Vec<AllowedCaller>,
    }

    /// A container that the server makes.
    pub struct AutoContainer {} optional {
        /// What kind, where code runs in it; the document knows `auto`.
        r#type: String,
        /// Files that are in it.
        file_ids: Vec<String>,
        /// Its memory, such as `4g`.
        memory_limit: String,
        /// What it may reach.
        network_policy: NetworkPolicy,
        /// What it has beside its programs.
        skills: Vec<Skill>,
    }

    /// Some hosts that a container may reach.
    pub struct NetworkAllowlist = "allowlist" {
        /// Their domains.
        allowed_domains: Vec<String>,
    } optional {
        /// What the container sends them without knowing it.
        domain_secrets: Vec<DomainSecret>,
    }

    /// A secret of a host.
    pub struct DomainSecret {
        /// The host.
        domain: String,
        /// What programs call the secret.
        name: String,
        /// The secret.
        value: String,
    }

    /// Runs commands in a shell.
    pub struct ShellTool = "shell" {} optional {
        /// Where.
        environment: ShellToolEnvironment,
        /// Who may call it.
        allowed_callers: Vec<AllowedCaller>,
    }

    /// A container by its id.
    pub struct ContainerReference = "container_reference" {
        /// The id.
        container_id: String,
    }

    /// The machine of the application.
    pub struct LocalEnvironment = "local" {} optional {
        /// What there is: objects with `name`, `description` and `path`.
        skills: Vec<Json>,
    }

    /// A skill that was uploaded.
    pub struct SkillReference = "skill_reference" {
        /// Its id.
        skill_id: String,
    } optional {
        /// Its version: a number, or `latest`.
        version: String,
    }

    /// A skill that is sent with the request.
    pub struct InlineSkill = "inline" {
        /// Its name.
        name: String,
        /// What it is for.
        description: String,
        /// Its files.
        source: SkillSource,
    }

    /// The files of a skill.
    pub struct SkillSource = "base64" {
        /// What they are; the document knows `application/zip`.
        media_type: String,
        /// They, in base64.
        data: String,
    }

    /// Makes images.
    pub struct ImageGenerationTool = "image_generation" {} optional {
        /// The model for them.
        model: String,
        /// How good: `low`, `medium`, `high` or `auto`.
        quality: String,
        /// How large in pixels, such as `1024x1536`, or `auto`.
        size: String,
        /// In what format: `png`, `webp` or `jpeg`.
        output_format: String,
        /// How much of the file is left, from 0 to 100; 100 by default.
        output_compression: u64,
        /// How much is let through: `auto` or `low`.
        moderation: String,
        /// What is behind: `transparent`, `opaque` or `auto`.
        background: String,
        /// How near to given images they have to be: `high` or `low`.
        input_fidelity: String,
        /// What may be changed of a given image.
        input_image_mask: ImageMask,
        /// So many images are shown on the way, 0 to 3.
        partial_images: u64,
        /// Whether images are made or changed: `generate`, `edit` or `auto`.
        action: String,
    }

    /// An image whose transparent parts may be changed in another one.
    pub struct ImageMask {} optional {
        /// Where it is, or what it is as a `data:` URL.
        image_url: String,
        /// The id of a file that was uploaded.
        file_id: String,
    }
}
