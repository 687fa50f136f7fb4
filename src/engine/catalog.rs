//! Tables as DataFusion sees them: the catalog, and schemas inferred once per session.
